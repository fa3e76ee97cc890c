import { ActionIcon, Tooltip } from '@mantine/core';
import { memo, type ReactNode } from 'react';

import { useOperation } from './useOperation';

/** A button that runs an operation: named after it, with its key, and when it can't be run with the reason why. */
export const OperationButton = memo(OperationButtonFace, isSameButton);

interface OperationButtonProps {
  readonly id: string;
  readonly icon: ReactNode;
  /** What the icon stands for, where one operation has several; the icon itself is made anew with every drawing. */
  readonly iconName?: string;
  /** Shown as pressed. */
  readonly isOn?: boolean;
  readonly size?: number;
}

/** Drags redraw the panels with every move of the pointer: a button in them stays as it is. */
function isSameButton(before: OperationButtonProps, after: OperationButtonProps): boolean {
  return (
    before.id === after.id &&
    before.isOn === after.isOn &&
    before.size === after.size &&
    before.iconName === after.iconName
  );
}

function OperationButtonFace({ id, icon, isOn = false, size = 26 }: OperationButtonProps) {
  const { item, run } = useOperation(id);
  const isDisabled = item.disabledReason !== null;
  return (
    <Tooltip label={<OperationTip title={item.title} keys={item.keys} reason={item.disabledReason} />}>
      <ActionIcon
        size={size}
        variant={isOn ? 'filled' : 'subtle'}
        color={isOn ? 'accent' : 'gray'}
        aria-label={item.title}
        aria-pressed={isOn}
        // A disabled button would not say why: it takes the focus and the pointer, and does nothing.
        aria-disabled={isDisabled}
        {...(isDisabled ? { 'data-disabled': true } : {})}
        data-testid={`operation-${id}`}
        onClick={(event) => {
          if (!isDisabled) run();
          event.currentTarget.blur();
        }}
      >
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

/** Title, keys and reason, as tooltips show them. */
export function OperationTip({
  title,
  keys,
  reason,
}: {
  readonly title: string;
  readonly keys: readonly string[];
  readonly reason: string | null;
}) {
  return (
    <span>
      {title}
      {keys.map((key) => (
        <kbd key={key} className="key key-tip">
          {key}
        </kbd>
      ))}
      {reason === null ? null : <span className="tip-reason">{reason}</span>}
    </span>
  );
}
