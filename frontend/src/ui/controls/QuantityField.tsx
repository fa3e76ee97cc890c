import { useState } from 'react';

import { evaluate } from './arithmetic';

/** A number with its unit: typed, reckoned (`4.5+0.2`, `*2`), or stepped by the arrow keys; Shift steps by ten. */
export function QuantityField({
  label,
  title,
  value,
  unit,
  hidesUnit = false,
  digits,
  step,
  disabledReason,
  onChange,
  onUnreadable,
  testId,
}: {
  readonly label: string;
  /** The full name, for tooltips and assistive tools. */
  readonly title: string;
  /** Null: none yet. */
  readonly value: number | null;
  readonly unit: string;
  /** The unit stands with the group of fields already. */
  readonly hidesUnit?: boolean;
  readonly digits: number;
  readonly step: number;
  readonly disabledReason: string | null;
  readonly onChange: (value: number) => void;
  /** Told, in a sentence, why what was typed is not kept. */
  readonly onUnreadable: (words: string) => void;
  readonly testId?: string;
}) {
  const [draft, setDraft] = useState<string | null>(null);
  const shown = draft ?? (value === null ? '' : withoutMinusZero(value.toFixed(digits)));
  const isWrong = draft !== null && draft.trim() !== '' && evaluate(draft, value ?? 0) === null;
  const commit = (): void => {
    const next = draft === null ? null : evaluate(draft, value ?? 0);
    if (draft !== null && isWrong) onUnreadable(`“${draft.trim()}” is no number: “${title}” stays as it was`);
    setDraft(null);
    if (next !== null && next !== value) onChange(next);
  };
  return (
    <label className="quantity" title={disabledReason ?? title} data-wrong={isWrong || undefined}>
      <span className="quantity-label">{label}</span>
      <input
        type="text"
        inputMode="decimal"
        autoComplete="off"
        spellCheck={false}
        aria-label={`${title}, ${unit}`}
        aria-invalid={isWrong}
        data-testid={testId}
        readOnly={disabledReason !== null}
        value={shown}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => setDraft(event.currentTarget.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') {
            commit();
            event.currentTarget.blur();
          } else if (event.key === 'Escape') {
            setDraft(null);
            event.currentTarget.blur();
          } else if ((event.key === 'ArrowUp' || event.key === 'ArrowDown') && disabledReason === null) {
            event.preventDefault();
            const base = draft === null ? (value ?? 0) : (evaluate(draft, value ?? 0) ?? value ?? 0);
            setDraft(null);
            onChange(base + (event.key === 'ArrowUp' ? 1 : -1) * step * (event.shiftKey ? 10 : 1));
          }
        }}
      />
      {hidesUnit ? null : <span className="quantity-unit">{unit}</span>}
    </label>
  );
}

function withoutMinusZero(text: string): string {
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text;
}
