"""Several numbers in one register, for kernels: eight float64, eight or sixteen float32 or int32.

A compiler doesn't see that short loops can be done at once when it knows neither that what they
read and what they write lie apart, nor that unrolling them isn't better. Kernels that must be quick
say it themselves: arithmetic and comparisons of lanes go lane by lane, each rounded like any other
number, so that results are those of the plain loop. Machines with narrower registers take several.

Only compiled functions can use these; there is nothing to see of them in Python.
"""

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import extending, types
from numba.core.typing import templates

#: The compiler's own parts, whose type hints say little.
_extending: Any = extending
_templates: Any = templates
_types: Any = types
_emitted: Callable[[Callable[..., Any]], Callable[..., Any]] = _extending.intrinsic
#: How many lanes there are of what a line has, and of what a run of pixels has.
EIGHT, SIXTEEN = 8, 16
_ELEMENTS = {
    "f64": (ir.DoubleType(), _types.float64),
    "f32": (ir.FloatType(), _types.float32),
    "i32": (ir.IntType(32), _types.int32),
    "bit": (ir.IntType(1), _types.boolean),
}
#: What annotations say: the compiler finds the kinds by itself.
Lanes = Any
Mask = Any


class LanesType(_types.Type):  # type: ignore[misc]
    """The type of lanes, for the compiler.

    Args:
        kind: Of each lane: ``f64``, ``f32``, ``i32``, or ``bit`` for masks.
        count: How many lanes there are.
    """

    def __init__(self, kind: str, count: int) -> None:
        self.kind, self.count = kind, count
        super().__init__(name=f"Lanes({kind} x {count})")

    @property
    def mask(self) -> "LanesType":
        """What comparing them gives."""
        return LanesType("bit", self.count)

    @property
    def machine(self) -> ir.VectorType:
        """The compiler's own type."""
        return ir.VectorType(_ELEMENTS[self.kind][0], self.count)


@_extending.register_model(LanesType)
class _LanesModel(_extending.models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: LanesType) -> None:
        super().__init__(manager, kind, kind.machine)


def _operator(
    function: Callable[[Any, Any], Any],
    emit: Callable[[Any, LanesType, Any, Any], Any],
    kinds: tuple[str, ...],
    *,
    compares: bool = False,
) -> None:
    """Teach the compiler an operator of two lanes of a kind."""

    @_templates.infer_global(function)
    class _Template(_templates.AbstractTemplate):  # type: ignore[misc]
        key = function

        def generic(self, args: tuple[Any, ...], _keywords: dict[str, Any]) -> Any:
            if len(args) != 2 or args[0] != args[1] or not isinstance(args[0], LanesType):
                return None
            if args[0].kind not in kinds:
                return None
            return _templates.signature(args[0].mask if compares else args[0], *args)

    @_extending.lower_builtin(function, LanesType, LanesType)
    def _lower(_context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return emit(builder, sig.args[0], args[0], args[1])


def _arithmetic(name: str) -> Callable[[Any, LanesType, Any, Any], Any]:
    return lambda builder, _kind, a, b: getattr(builder, name)(a, b)


def _comparison(symbol: str) -> Callable[[Any, LanesType, Any, Any], Any]:
    def emit(builder: Any, kind: LanesType, a: Any, b: Any) -> Any:
        if kind.kind == "i32":
            return builder.icmp_signed(symbol, a, b)
        return builder.fcmp_ordered(symbol, a, b)

    return emit


_FLOATS = ("f64", "f32")
for _function, _name in (
    (operator.add, "fadd"),
    (operator.sub, "fsub"),
    (operator.mul, "fmul"),
    (operator.truediv, "fdiv"),
):
    _operator(_function, _arithmetic(_name), _FLOATS)
for _function, _name in ((operator.and_, "and_"), (operator.or_, "or_")):
    _operator(_function, _arithmetic(_name), ("bit", "i32"))
for _function, _name in (
    (operator.lt, "<"),
    (operator.le, "<="),
    (operator.gt, ">"),
    (operator.ge, ">="),
    (operator.eq, "=="),
):
    _operator(_function, _comparison(_name), (*_FLOATS, "i32"), compares=True)


@_templates.infer_global(operator.invert)
class _Invert(_templates.AbstractTemplate):  # type: ignore[misc]
    key = operator.invert

    def generic(self, args: tuple[Any, ...], _keywords: dict[str, Any]) -> Any:
        if len(args) == 1 and isinstance(args[0], LanesType) and args[0].kind == "bit":
            return _templates.signature(args[0], args[0])
        return None


@_extending.lower_builtin(operator.invert, LanesType)
def _lower_invert(_context: Any, builder: Any, _sig: Any, args: Any) -> Any:
    return builder.not_(args[0])


def _place(context: Any, builder: Any, array_type: Any, array: Any, at: Any, kind: Any) -> Any:
    """Pointer to lanes that begin at an element of an array of one dimension."""
    data = context.make_array(array_type)(context, builder, array).data
    place = builder.gep(data, [at])
    return builder.bitcast(place, ir.PointerType(kind.machine))


def _kind_of(array: Any) -> str | None:
    names = {str(element): name for name, (_, element) in _ELEMENTS.items()}
    if isinstance(array, _types.Array) and array.ndim == 1 and array.layout == "C":
        return names.get(str(array.dtype))
    return None


def _loader(count: int) -> Callable[..., Any]:
    @_emitted
    def load(_typing: Any, array: Any, at: Any) -> Any:
        kind = _kind_of(array)
        if kind is None or not isinstance(at, _types.Integer):
            return None
        lanes = LanesType(kind, count)

        def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            pointer = _place(context, builder, sig.args[0], args[0], args[1], lanes)
            return builder.load(pointer, align=array.dtype.bitwidth // 8)

        return lanes(array, _types.intp), emit

    return load


#: Lanes of a contiguous array (n,), from an element on; the array must reach that far.
load8 = _loader(EIGHT)
load16 = _loader(SIXTEEN)


@_emitted
def store(_typing: Any, array: Any, at: Any, lanes: Any) -> Any:  # noqa: ARG001  a number
    """Write lanes to a contiguous array (n,) from an element on; it must reach that far."""
    if not isinstance(lanes, LanesType) or _kind_of(array) != lanes.kind:
        return None

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        pointer = _place(context, builder, sig.args[0], args[0], args[1], lanes)
        builder.store(args[2], pointer, align=array.dtype.bitwidth // 8)
        return context.get_dummy_value()

    return _types.none(array, _types.intp, lanes), emit


def _all_of(kind: str, count: int) -> Callable[..., Any]:
    lanes = LanesType(kind, count)

    @_emitted
    def splat(_typing: Any, value: Any) -> Any:
        if not isinstance(value, _types.Number):
            return None

        def emit(_context: Any, builder: Any, _sig: Any, args: Any) -> Any:
            index = ir.IntType(32)
            nothing = ir.Constant(lanes.machine, ir.Undefined)
            first = builder.insert_element(nothing, args[0], index(0))
            zeros = ir.Constant(ir.VectorType(index, count), [0] * count)
            return builder.shuffle_vector(first, nothing, zeros)

        return lanes(_ELEMENTS[kind][1]), emit

    return splat


#: One number in all lanes.
all8 = _all_of("f64", EIGHT)
all8_f32 = _all_of("f32", EIGHT)
all16 = _all_of("f32", SIXTEEN)
all16_i32 = _all_of("i32", SIXTEEN)


@_emitted
def choose(_typing: Any, mask: Any, first: Any, second: Any) -> Any:
    """Lanes of the first where the mask is set, else of the second."""
    if not isinstance(mask, LanesType) or first != second or mask != first.mask:
        return None

    def emit(_context: Any, builder: Any, _sig: Any, args: Any) -> Any:
        return builder.select(*args)

    return first(mask, first, second), emit


@_emitted
def narrow(_typing: Any, lanes: Any) -> Any:
    """Float64 lanes as float32."""
    if not isinstance(lanes, LanesType) or lanes.kind != "f64":
        return None
    less = LanesType("f32", lanes.count)

    def emit(_context: Any, builder: Any, _sig: Any, args: Any) -> Any:
        return builder.fptrunc(args[0], less.machine)

    return less(lanes), emit


def _declared(builder: Any, name: str, lanes: LanesType, result: Any) -> Any:
    """One of LLVM's own functions, for lanes of a type."""
    full = f"{name}.v{lanes.count}{lanes.kind}"
    known = builder.module.globals.get(full)
    kind = ir.FunctionType(result, [lanes.machine])
    return known if known is not None else ir.Function(builder.module, kind, full)


def _called(name: str) -> Callable[..., Any]:
    @_emitted
    def of_lanes(_typing: Any, lanes: Any) -> Any:
        if not isinstance(lanes, LanesType) or lanes.kind not in _FLOATS:
            return None

        def emit(_context: Any, builder: Any, _sig: Any, args: Any) -> Any:
            return builder.call(_declared(builder, name, lanes, lanes.machine), args)

        return lanes(lanes), emit

    return of_lanes


#: Of each lane.
square_root = _called("llvm.sqrt")
magnitude = _called("llvm.fabs")
round_up = _called("llvm.ceil")
round_down = _called("llvm.floor")


def _reduced(name: str) -> Callable[..., Any]:
    @_emitted
    def of_lanes(_typing: Any, lanes: Any) -> Any:
        if not isinstance(lanes, LanesType) or lanes.kind not in _FLOATS:
            return None
        element, number = _ELEMENTS[lanes.kind]

        def emit(_context: Any, builder: Any, _sig: Any, args: Any) -> Any:
            return builder.call(_declared(builder, name, lanes, element), args)

        return number(lanes), emit

    return of_lanes


#: The largest and the least of all lanes; what isn't a number doesn't count.
largest = _reduced("llvm.vector.reduce.fmax")
least = _reduced("llvm.vector.reduce.fmin")


def _counted(kind: str, count: int) -> Callable[..., Any]:
    lanes = LanesType(kind, count)

    @_emitted
    def counted(_typing: Any) -> Any:
        def emit(_context: Any, _builder: Any, _sig: Any, _args: Any) -> Any:
            return ir.Constant(lanes.machine, list(range(count)))

        return lanes(), emit

    return counted


#: 0, 1, 2 and so on.
steps8 = _counted("f64", EIGHT)
steps16 = _counted("f32", SIXTEEN)


@_emitted
def bits_of(_typing: Any, mask: Any) -> Any:
    """A mask as a number, lane 0 in the lowest bit."""
    if not isinstance(mask, LanesType) or mask.kind != "bit":
        return None

    def emit(_context: Any, builder: Any, _sig: Any, args: Any) -> Any:
        narrow_bits = builder.bitcast(args[0], ir.IntType(mask.count))
        return builder.zext(narrow_bits, ir.IntType(64))

    return _types.int64(mask), emit


@_emitted
def mask16(_typing: Any, bits: Any) -> Any:
    """Sixteen lanes set where a number's bits are, the lowest first."""
    if not isinstance(bits, _types.Integer):
        return None
    lanes = LanesType("bit", SIXTEEN)

    def emit(_context: Any, builder: Any, _sig: Any, args: Any) -> Any:
        return builder.bitcast(builder.trunc(args[0], ir.IntType(SIXTEEN)), lanes.machine)

    return lanes(_types.int64), emit


@_emitted
def whole_of(_typing: Any, lanes: Any) -> Any:
    """Float64 lanes that are whole numbers as int32; they must be as small as that."""
    if not isinstance(lanes, LanesType) or lanes.kind != "f64":
        return None
    whole = LanesType("i32", lanes.count)

    def emit(_context: Any, builder: Any, _sig: Any, args: Any) -> Any:
        return builder.fptosi(args[0], whole.machine)

    return whole(lanes), emit


@_emitted
def numbers_of(_typing: Any, mask: Any) -> Any:
    """A mask as int32 lanes: -1 where it is set, else 0."""
    if not isinstance(mask, LanesType) or mask.kind != "bit":
        return None
    whole = LanesType("i32", mask.count)

    def emit(_context: Any, builder: Any, _sig: Any, args: Any) -> Any:
        return builder.sext(args[0], whole.machine)

    return whole(mask), emit


@_emitted
def trailing_zeros(_typing: Any, bits: Any) -> Any:
    """How many zeros a number that isn't zero ends with, in binary."""
    if not isinstance(bits, _types.Integer):
        return None

    def emit(_context: Any, builder: Any, _sig: Any, args: Any) -> Any:
        whole, flag = ir.IntType(64), ir.IntType(1)
        kind = ir.FunctionType(whole, [whole, flag])
        function = builder.module.globals.get("llvm.cttz.i64")
        if function is None:
            function = ir.Function(builder.module, kind, "llvm.cttz.i64")
        return builder.call(function, [args[0], flag(1)])

    return _types.int64(_types.int64), emit
