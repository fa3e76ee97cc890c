import { Button, Group, Paper, TextInput } from '@mantine/core';
import { useState } from 'react';

import type { Version } from '../../../api/datasetsApi';
import { useDeprecate } from '../../server/datasets';
import { sentenceOf } from '../../server/errors';

/** Asks why a version should not be used any more. */
export function DeprecatePanel({
  slug,
  version,
  onClose,
}: {
  readonly slug: string;
  readonly version: Version;
  readonly onClose: () => void;
}) {
  const deprecate = useDeprecate(slug);
  const [reason, setReason] = useState('');
  return (
    <Paper withBorder p="md" radius={6} component="section" aria-label="Deprecate this version">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          deprecate.mutate({ versionId: version.id, reason }, { onSuccess: onClose });
        }}
      >
        <Group gap="md" align="flex-end">
          <TextInput
            label="Why nobody should use it any more"
            description="It stays as it is, and can't be exported from then on. This can't be taken back."
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            error={deprecate.isError ? sentenceOf(deprecate.error) : null}
            autoFocus
            flex={1}
            data-testid="deprecate-reason"
          />
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            color="red"
            loading={deprecate.isPending}
            disabled={reason.trim() === ''}
            data-testid="deprecate-confirm"
          >
            Deprecate version {version.number}
          </Button>
        </Group>
      </form>
    </Paper>
  );
}
