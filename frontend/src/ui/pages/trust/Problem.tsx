import { Text } from '@mantine/core';

import { sentenceOf } from '../../server/errors';

/** What went wrong with something that one did, as a sentence; nothing where nothing did. */
export function Problem({ error }: { readonly error: Error | null }) {
  return error === null ? null : (
    <Text size="sm" c="red" mt="xs" role="alert">
      {sentenceOf(error)}
    </Text>
  );
}
