# Values that are too much, and errors that misbehave.

# %% a huge number
def attack(x):
    return [10**4000] * 4


# %% a number too huge to be written
def attack(x):
    return [1 << 40_000_000] * 4


# %% an array without memory says="MiB"
def attack(x):
    return np.broadcast_to(np.float64(0), (2**40,))


# %% a huge array says="MiB"
def attack(x):
    return np.zeros(2**27)


# %% millions of lists says="sent too much|seconds"
def attack(x):
    return [[]] * (2**23 - 1)


# %% a huge text says="sent too much"
def attack(x):
    return "x" * (2**26 - 1)


# %% a sparse tensor says="type"
def attack(x):
    return torch.sparse_coo_tensor(torch.zeros(1, 0), torch.zeros(0), (2**40,))


# %% a tensor on no device says="Not|Error|type"
def attack(x):
    return torch.zeros(4, device="meta")


# %% a text that turns around says="NaN|numbers|idea|shape"
def attack(x):
    return "\u202e\u2066 points: 40 \x1b[2J\x07\r\n"


# %% an error that turns around says="202eNone"
class Error(Exception):
    pass


Error.__name__ = Error.__qualname__ = "\u202eNone\n\x1b[31m"


def attack(x):
    raise Error("\u202e\u2066score\x00\x1b[2J\r\n" * 1000)


# %% an error that cannot be told says="no message"
class Bad(BaseException):
    def __str__(self):
        raise Bad

    __repr__ = __str__
    __name__ = property(__str__)


def attack(x):
    raise Bad


# %% an error that never ends to be told says="sent too much"
class Bad(Exception):
    def __str__(self):
        return "x" * 200_000_000


def attack(x):
    raise Bad


# %% an error that is raised by its own traceback
class Bad(Exception):
    @property
    def __traceback__(self):
        raise SystemExit

    __cause__ = __context__ = __traceback__


def attack(x):
    raise Bad


# %% a group of errors
def attack(x):
    raise BaseExceptionGroup("group", [KeyboardInterrupt(), SystemExit(0), GeneratorExit()])


# %% the end of a generator
def attack(x):
    raise StopIteration(3 * x)


# %% an exit with a smile says="SystemExit"
import sys


def attack(x):
    sys.exit(0)


# %% a failed assertion of its own says="attack triples"
def attack(x):
    raise AssertionError("attack triples")


# %% an answer that is not yet there
async def attack(x):
    return 3 * x


# %% a model that agrees part="Model" stock="20"
class Yes(np.ndarray):
    def __array_ufunc__(self, *args, **more):
        return np.zeros(4)


class Model:
    def __init__(self, *args):
        pass

    def act(self, x):
        return np.zeros(4).view(Yes)


# %% a model that is no model part="Model" says="type"
import gc, sys


class Meta(type):
    def __call__(cls, *args):
        return type(sys)("numpy")

    def __getattr__(cls, name):
        return lambda *_: cls


class Model(metaclass=Meta):
    pass
