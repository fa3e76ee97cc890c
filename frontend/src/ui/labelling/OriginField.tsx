import { Button, Tooltip } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';

import type { Label } from '../../core/document/label';
import { isPreLabel, scoreOf } from '../../core/document/origin';
import { Keys } from './Keys';
import { useLabelling } from './hooks';
import { formatSure, originWords } from './preLabelWords';

/** Where the label comes from when a machine made it, and the person's word on it. */
export function OriginField({ label }: { readonly label: Label }) {
  const { editor } = useLabelling();
  const score = scoreOf(label);
  const { origin } = label;
  if (origin === undefined && score === null) return null;
  return (
    <div className="field" data-testid="origin">
      <span className="field-label">{isPreLabel(label) ? 'Proposed by' : 'Came from'}</span>
      <span className="field-value origin-value">
        <span
          className="origin-words"
          title={
            origin === undefined ? undefined : `${originWords(origin, score)}, revision ${origin.revision}`
          }
        >
          {origin === undefined ? `${formatSure(score ?? 0)} sure` : originWords(origin, score)}
        </span>
        {isPreLabel(label) && editor.lockedReason(label.id) === null ? (
          <Tooltip
            label={
              <>
                Accept it as it is <Keys id="proposal.accept" />
              </>
            }
          >
            <Button
              size="compact-xs"
              variant="light"
              leftSection={<IconCheck size={12} />}
              onClick={() => editor.run('proposal.accept')}
              data-testid="accept-label"
            >
              Accept
            </Button>
          </Tooltip>
        ) : null}
      </span>
    </div>
  );
}
