/**
 * What a number field was given: a number, or sums and products of numbers (`4.5+0.2`, `2*1.9`, `(3 + 1)/2`). A
 * leading `*`, `/` or `+=`-like operator works on the value that stood there. Null: it can't be read.
 */
export function evaluate(text: string, current: number): number | null {
  const source = text.trim().replace(/,/g, '.').replace(/[−–]/g, '-');
  if (source === '') return null;
  const relative = /^(\*|\/|\+=|-=)\s*(.*)$/.exec(source);
  if (relative !== null) {
    const operand = parse(relative[2] ?? '');
    if (operand === null) return null;
    const results: Readonly<Record<string, number>> = {
      '*': current * operand,
      '/': current / operand,
      '+=': current + operand,
      '-=': current - operand,
    };
    return finite(results[relative[1] ?? ''] ?? NaN);
  }
  return parse(source);
}

/** Recursive descent: sums of products of signed numbers and brackets. */
function parse(source: string): number | null {
  let at = 0;
  const skip = (): void => {
    while (source[at] === ' ') at += 1;
  };
  const primary = (): number => {
    skip();
    if (source[at] === '-') {
      at += 1;
      return -primary();
    }
    if (source[at] === '+') {
      at += 1;
      return primary();
    }
    if (source[at] === '(') {
      at += 1;
      const inner = sum();
      skip();
      if (source[at] !== ')') return NaN;
      at += 1;
      return inner;
    }
    const match = /^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/i.exec(source.slice(at));
    if (match === null) return NaN;
    at += match[0].length;
    return Number(match[0]);
  };
  const product = (): number => {
    let value = primary();
    for (;;) {
      skip();
      const operator = source[at];
      if (operator !== '*' && operator !== '/') return value;
      at += 1;
      const operand = primary();
      value = operator === '*' ? value * operand : value / operand;
    }
  };
  const sum = (): number => {
    let value = product();
    for (;;) {
      skip();
      const operator = source[at];
      if (operator !== '+' && operator !== '-') return value;
      at += 1;
      const operand = product();
      value = operator === '+' ? value + operand : value - operand;
    }
  };
  const value = sum();
  skip();
  return at === source.length ? finite(value) : null;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
