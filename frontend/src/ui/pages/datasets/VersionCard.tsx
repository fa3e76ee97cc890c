import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import { IconChartHistogram, IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';

import type { Card } from '../../../api/datasetsApi';
import { formatDuration } from '../../format';
import { cardQuery, useMakeCard } from '../../server/datasets';
import { sentenceOf } from '../../server/errors';
import { Loading } from '../../shell/Loading';
import { Notice } from '../../shell/Notice';

/** What a version looks like: counted once from its projected targets, and kept. */
export function VersionCard({ versionId }: { readonly versionId: string }) {
  const card = useQuery(cardQuery(versionId));
  const make = useMakeCard(versionId);
  if (card.isPending) return <Loading what="the card" />;
  if (card.isError) return <Notice title="The card could not be loaded">{sentenceOf(card.error)}</Notice>;
  const { state, html, file_url: fileUrl, message } = card.data;
  if (html !== null && fileUrl !== null) {
    return (
      <Stack gap="md">
        <Group justify="flex-end">
          <Button
            component="a"
            href={fileUrl}
            download
            variant="default"
            leftSection={<IconDownload size={16} stroke={1.6} />}
            data-testid="card-download"
          >
            Download as one HTML file
          </Button>
        </Group>
        <Inside html={html} />
      </Stack>
    );
  }
  if (state === 'queued' || state === 'running') return <CardProgress card={card.data} />;
  return (
    <Notice
      icon={<IconChartHistogram size={32} stroke={1.5} />}
      title={state === 'none' ? 'There is no card yet' : `The card was not finished: ${state}`}
      action={
        <Button loading={make.isPending} onClick={() => make.mutate()} data-testid="make-card">
          {state === 'none' ? 'Make the card' : 'Try again'}
        </Button>
      }
    >
      {make.isError
        ? sentenceOf(make.error)
        : state === 'none'
          ? 'Class balance, distances, occlusion, where boxes are in each camera, a map, and example pictures with targets drawn. It is made once and kept.'
          : message}
    </Notice>
  );
}

function CardProgress({ card }: { readonly card: Card }) {
  const { done = 0, total = null, rate_per_s: rate = null, eta_s: left = null } = card.progress ?? {};
  const facts = [
    card.state === 'queued' ? 'waiting for a worker' : '',
    total === null ? '' : `${done.toLocaleString('en')} of ${total.toLocaleString('en')} images`,
    rate === null ? '' : `${rate.toFixed(1)} images/s`,
    left === null ? '' : `${formatDuration(left)} left`,
  ].filter((fact) => fact !== '');
  return (
    <Stack gap="xs" maw={560} mx="auto" py="xl" data-testid="card-progress">
      <Text fw={600}>Making the card</Text>
      <Progress
        value={total === null || total === 0 ? 0 : (100 * done) / total}
        aria-label="Progress of the card"
      />
      <Text size="sm" c="dimmed">
        {facts.join(' · ')}
      </Text>
    </Stack>
  );
}

/** The server's page, in a tree of its own: its styles and ours don't meet. */
function Inside({ html }: { readonly html: string }) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (host.current === null) return;
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: 'open' });
    root.innerHTML = html;
  }, [html]);
  return <div ref={host} data-testid="card" />;
}
