import { Stack, Text, Title } from '@mantine/core';

import { PageShell } from '../../shell/PageShell';
import { SecondFactorPanel } from './SecondFactorPanel';

/** Stands in for every page until somebody whose role asks for a second factor has one. */
export function SecondFactorFirst() {
  return (
    <PageShell>
      <Stack gap="md" maw={900} mx="auto">
        <Title order={1} size="h3">
          One thing first
        </Title>
        <Text>Your role asks for a second factor: a code from your phone, beside your password.</Text>
        <SecondFactorPanel />
      </Stack>
    </PageShell>
  );
}
