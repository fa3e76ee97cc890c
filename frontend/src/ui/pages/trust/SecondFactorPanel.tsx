import {
  Alert,
  Button,
  Code,
  CopyButton,
  Group,
  Image,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { SecondFactor, SecondFactorSecret } from '../../../api/secondFactorApi';
import { formatMoment } from '../../format';
import { sessionQuery } from '../../server/queries';
import { secondFactorApi, secondFactorQuery } from '../../server/secondFactor';
import { Problem } from './Problem';
import { Section } from './Section';

/** A code from an app beside one's password: set up, recovered, given up. */
export function SecondFactorPanel() {
  const state = useQuery(secondFactorQuery);
  const queries = useQueryClient();
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const showCodes = async (found: readonly string[]) => {
    setCodes(found);
    await queries.invalidateQueries({ queryKey: secondFactorQuery.queryKey });
  };
  return (
    <Section title="Second factor">
      <Problem error={state.error} />
      {codes === null ? null : (
        <RecoveryCodes
          codes={codes}
          onDone={() => {
            setCodes(null);
            // Who had to set it up first goes on from here.
            void queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
          }}
        />
      )}
      {!state.isSuccess || codes !== null ? null : state.data.since === null ? (
        <SetUp onCodes={showCodes} />
      ) : (
        <IsOn state={state.data} onCodes={showCodes} />
      )}
    </Section>
  );
}

type ShowCodes = (codes: readonly string[]) => Promise<void>;

function SetUp({ onCodes }: { readonly onCodes: ShowCodes }) {
  const begin = useMutation({ mutationFn: () => secondFactorApi.begin() });
  if (begin.isSuccess) return <Confirm made={begin.data} onCodes={onCodes} />;
  return (
    <>
      <Text size="sm" c="dimmed" mb="sm">
        An app on your phone shows a code that you log in with, beside your password: whoever learns the
        password can do nothing with it.
      </Text>
      <Button onClick={() => begin.mutate()} loading={begin.isPending}>
        Set up an app
      </Button>
      <Problem error={begin.error} />
    </>
  );
}

function Confirm({ made, onCodes }: { readonly made: SecondFactorSecret; readonly onCodes: ShowCodes }) {
  const [code, setCode] = useState('');
  const start = useMutation({ mutationFn: () => secondFactorApi.start(code), onSuccess: onCodes });
  return (
    <Group align="flex-start" gap="xl" wrap="nowrap">
      <Image
        src={`data:image/svg+xml;utf8,${encodeURIComponent(made.svg)}`}
        alt="QR code of the secret"
        w={180}
        p="xs"
        bg="white"
        radius={6}
      />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          start.mutate();
        }}
      >
        <Stack gap="sm">
          <Text size="sm">Scan this with an app that makes codes, or type the secret into it:</Text>
          <Code data-testid="second-factor-secret" style={{ wordBreak: 'break-all' }}>
            {made.secret}
          </Code>
          <TextInput
            label="The code that the app shows now"
            inputMode="numeric"
            autoComplete="one-time-code"
            w={240}
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
          <Button type="submit" w="fit-content" loading={start.isPending} disabled={code.trim() === ''}>
            Turn it on
          </Button>
          <Problem error={start.error} />
        </Stack>
      </form>
    </Group>
  );
}

function RecoveryCodes({
  codes,
  onDone,
}: {
  readonly codes: readonly string[];
  readonly onDone: () => void;
}) {
  return (
    <Alert title="Recovery codes: keep them away from the phone, they are not shown again">
      <Text size="sm" mb="xs">
        Each logs you in once, when the phone is lost.
      </Text>
      <SimpleGrid cols={5} spacing={6} mb="sm" data-testid="recovery-codes">
        {codes.map((code) => (
          <Code key={code}>{code}</Code>
        ))}
      </SimpleGrid>
      <Group gap="xs">
        <CopyButton value={codes.join('\n')}>
          {({ copied, copy }) => (
            <Button size="compact-sm" variant="default" onClick={copy}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
        <Button size="compact-sm" onClick={onDone}>
          I have kept them
        </Button>
      </Group>
    </Alert>
  );
}

function IsOn({ state, onCodes }: { readonly state: SecondFactor; readonly onCodes: ShowCodes }) {
  const queries = useQueryClient();
  const [code, setCode] = useState('');
  const renew = useMutation({
    mutationFn: () => secondFactorApi.renewRecoveryCodes(code),
    onSuccess: onCodes,
  });
  const end = useMutation({
    mutationFn: () => secondFactorApi.end(code),
    onSuccess: () => queries.invalidateQueries({ queryKey: secondFactorQuery.queryKey }),
  });
  return (
    <Stack gap="sm">
      <Text size="sm" data-testid="second-factor-on">
        On since {state.since === null ? '' : formatMoment(state.since)}; {state.recovery_codes_left} recovery
        codes are left.
      </Text>
      <Group align="flex-end">
        <TextInput
          label="A code of your app"
          inputMode="numeric"
          autoComplete="one-time-code"
          w={200}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Button
          variant="default"
          disabled={code.trim() === ''}
          loading={renew.isPending}
          onClick={() => renew.mutate()}
        >
          New recovery codes
        </Button>
        {state.is_demanded ? null : (
          <Button
            variant="default"
            disabled={code.trim() === ''}
            loading={end.isPending}
            onClick={() => end.mutate()}
          >
            Turn it off
          </Button>
        )}
      </Group>
      <Problem error={renew.error ?? end.error} />
    </Stack>
  );
}
