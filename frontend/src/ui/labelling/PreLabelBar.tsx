import { ActionIcon, Button, NumberInput, Tooltip } from '@mantine/core';
import { IconFilter, IconSortAscendingNumbers } from '@tabler/icons-react';

import { sureOnes } from '../../core/operations/preLabelling';
import { Keys } from './Keys';
import { useLabelling, useLabels, useSession } from './hooks';

/** What a model proposed: how much of it waits, the list by score, and a word on all that it is sure of. */
export function PreLabelBar({
  count,
  order,
  onOrder,
  onlyProposed,
  onOnlyProposed,
}: {
  readonly count: number;
  readonly order: 'class' | 'score';
  readonly onOrder: (order: 'class' | 'score') => void;
  readonly onlyProposed: boolean;
  readonly onOnlyProposed: (onlyProposed: boolean) => void;
}) {
  const { editor } = useLabelling();
  useLabels();
  const score = useSession((session) => session.preLabelScore);
  const isReadOnly = useSession((session) => session.readOnlyReason !== null);
  const sure = sureOnes(editor).length;
  return (
    <div className="prelabel-bar" data-testid="prelabel-bar">
      <div className="prelabel-line">
        <span className="prelabel-count" data-testid="prelabel-count">
          {count === 0 ? 'All decided' : `${count} proposed`}
        </span>
        <Tooltip label={order === 'score' ? 'By class again' : 'By score, the least sure first'}>
          <ActionIcon
            size={22}
            variant={order === 'score' ? 'light' : 'subtle'}
            color={order === 'score' ? 'accent' : 'gray'}
            aria-label="Order by score"
            aria-pressed={order === 'score'}
            onClick={() => onOrder(order === 'score' ? 'class' : 'score')}
          >
            <IconSortAscendingNumbers size={14} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
        {count === 0 ? null : (
          <Tooltip label={onlyProposed ? 'All labels' : 'Only what is proposed'}>
            <ActionIcon
              size={22}
              variant={onlyProposed ? 'light' : 'subtle'}
              color={onlyProposed ? 'accent' : 'gray'}
              aria-label="Only what is proposed"
              aria-pressed={onlyProposed}
              onClick={() => onOnlyProposed(!onlyProposed)}
            >
              <IconFilter size={14} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
      {isReadOnly || count === 0 ? null : (
        <div className="prelabel-line">
          <span className="prelabel-count">From</span>
          <NumberInput
            size="xs"
            w={62}
            min={0}
            max={100}
            step={5}
            suffix=" %"
            hideControls
            clampBehavior="blur"
            aria-label="Accept from this score on"
            value={Math.round(100 * score)}
            onChange={(value) => {
              const percent = typeof value === 'number' ? value : Number.parseFloat(value);
              if (Number.isFinite(percent))
                editor.session.set({ preLabelScore: Math.min(1, Math.max(0, percent / 100)) });
            }}
          />
          <Tooltip
            label={
              <>
                Accept all from this score on <Keys id="prelabel.accept_above" />
              </>
            }
          >
            <Button
              size="compact-xs"
              variant="light"
              disabled={sure === 0}
              onClick={() => editor.run('prelabel.accept_above')}
              data-testid="accept-above"
            >
              Accept {sure}
            </Button>
          </Tooltip>
        </div>
      )}
    </div>
  );
}
