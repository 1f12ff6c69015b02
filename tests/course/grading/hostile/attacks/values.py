# Values that pretend to be what a test asks for.

# %% equal to everything stock="40"
class Any(float):
    __eq__ = __lt__ = __le__ = __ge__ = lambda *_: True
    __sub__ = __rsub__ = __abs__ = lambda self, *_: self


def attack(x):
    return Any(0)


# %% an integer that bends stock="40"
class Zero(int):
    __sub__ = __rsub__ = __abs__ = __mul__ = lambda self, *_: self
    __lt__ = lambda *_: True
    __float__ = __index__ = lambda self: 0


def attack(x):
    return Zero(7)


# %% an array that agrees stock="40"
class Yes(np.ndarray):
    def __array_ufunc__(self, *args, **more):
        return np.zeros(4)

    def __array_function__(self, *args, **more):
        return True


def attack(x):
    return np.zeros(4).view(Yes)


# %% an array that is mended when it is looked at stock="40"
class Late(np.ndarray):
    def __array_finalize__(self, other):
        pass

    def __sub__(self, other):
        return np.zeros(4)


def attack(x):
    return np.ones(4).view(Late)


# %% a tensor that agrees stock="40"
class Yes(torch.Tensor):
    __array_priority__ = 1000

    @classmethod
    def __torch_function__(cls, *args, **more):
        return torch.zeros(4)

    def __sub__(self, other):
        return np.zeros(4)


def attack(x):
    return torch.as_tensor(x).as_subclass(Yes)


# %% a tensor of a dispatch mode
from torch.overrides import TorchFunctionMode


class Mode(TorchFunctionMode):
    def __torch_function__(self, function, types, args=(), more=None):
        return torch.zeros(4, dtype=torch.float64)


def attack(x):
    Mode().__enter__()
    return torch.as_tensor(x)


# %% a metaclass that lies stock="40"
class Meta(type):
    __name__ = property(lambda cls: "ndarray")
    __instancecheck__ = __subclasscheck__ = lambda *_: True
    __eq__ = lambda *_: True
    __hash__ = type.__hash__


class Liar(metaclass=Meta):
    __class__ = np.ndarray
    __sub__ = __abs__ = lambda self, *_: self
    __lt__ = lambda *_: True
    shape, dtype, ndim, size = (4,), np.dtype(float), 1, 4


def attack(x):
    return Liar()


# %% a descriptor that answers stock="40"
class Answer:
    def __get__(self, instance, owner):
        return lambda *_: np.zeros(4)


class Described:
    __sub__ = __array__ = Answer()


def attack(x):
    return Described()


# %% all attributes at once stock="40"
class Magic:
    def __getattr__(self, name):
        return lambda *a, **k: self

    def __sub__(self, other):
        return np.zeros(4)

    __array_ufunc__ = None
    __reduce_ex__ = None


def attack(x):
    return Magic()


# %% a lying length says="nested|took|type|shape|sent"
class Long(list):
    def __len__(self):
        return 2**62

    def __iter__(self):
        while True:
            yield 0.0


def attack(x):
    return Long([0.0])


# %% a dict that never ends says="type"
class Endless(dict):
    def __iter__(self):
        while True:
            yield "key"

    def items(self):
        while True:
            yield "key", 0


def attack(x):
    return Endless()


# %% a generator without an end says="type generator"
def attack(x):
    def numbers():
        while True:
            yield 0.0

    return numbers()


# %% a list that holds itself says="deeper"
def attack(x):
    found = []
    found.append(found)
    return found


# %% a dict that holds itself says="deeper"
def attack(x):
    found = {}
    found["x"] = found
    return found


# %% a nest says="deeper"
def attack(x):
    found = 0.0
    for _ in range(100_000):
        found = [found]
    return found


# %% a deep nest of tuples to pickle says="deeper"
def attack(x):
    found = ()
    for _ in range(50_000):
        found = (found,)
    return found


# %% pickles that run says="type"
import os


class Run:
    def __reduce__(self):
        return os.system, (f"touch {HOME}/{MARK} /tmp/{MARK}",)


def attack(x):
    return Run()


# %% pickles in an array of objects says="type"
import os


class Run:
    def __reduce__(self):
        return os.system, (f"touch {HOME}/{MARK}",)


def attack(x):
    return np.array([Run()] * 4, dtype=object)


# %% pickles in bytes says="type"
import pickle


def attack(x):
    return pickle.dumps(3 * x)


# %% structured numbers says="type"
def attack(x):
    return np.zeros(4, dtype=[("a", "f8"), ("b", "O")])


# %% dates for numbers says="type"
def attack(x):
    return np.array(["NaT"] * 4, dtype="M8[s]")


# %% the other end of bytes
def attack(x):
    return np.frombuffer((3 * x).tobytes(), ">f8")


# %% numbers that are none says="NaN"
def attack(x):
    return np.full(4, np.nan)


# %% payloads in numbers that are none says="NaN"
def attack(x):
    return np.full(4, 0x7FF8DEADBEEF0000, np.uint64).view(np.float64)


# %% infinities says="infinity"
def attack(x):
    return np.full(4, np.inf)


# %% complex numbers
def attack(x):
    return 3 * x + 1j * np.nan


# %% no numbers at all says="shape"
def attack(x):
    return np.zeros(0)


# %% one number for all says="shape"
def attack(x):
    return np.zeros((1, 0, 4))


# %% texts for numbers
def attack(x):
    return ["nan", "inf", "0x1", "3*x"]
