import { Button, SegmentedControl } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useSearchParams } from 'wouter';

import type { WorkDay } from '../../../api/deskApi';
import { daysQuery } from '../../server/desk';
import { sentenceOf } from '../../server/errors';
import { Loading } from '../../shell/Loading';
import { Notice } from '../../shell/Notice';
import { DeskFrame } from './DeskFrame';
import { Plot } from './Plot';
import { seriesOf, totalsOf } from './progress';

const SPANS = ['7', '30', '90', '365'];

/** What was done day by day. */
export function ProgressPage({ slug }: { readonly slug: string }) {
  const [params, setParams] = useSearchParams();
  const asked = params.get('days') ?? '30';
  const span = SPANS.includes(asked) ? asked : '30';
  return (
    <DeskFrame
      slug={slug}
      aside={
        <>
          <SegmentedControl
            size="sm"
            aria-label="How many days"
            data={SPANS.map((value) => ({ value, label: value === '365' ? '1 year' : `${value} days` }))}
            value={span}
            onChange={(value) => setParams({ days: value }, { replace: true })}
          />
          <Button
            component="a"
            href={`/api/projects/${slug}/work-by-day/file?days=${span}`}
            download
            size="sm"
            variant="default"
            leftSection={<IconDownload size={14} />}
          >
            CSV
          </Button>
        </>
      }
    >
      <Progress slug={slug} days={Number(span)} />
    </DeskFrame>
  );
}

function Progress({ slug, days }: { readonly slug: string; readonly days: number }) {
  const work = useQuery(daysQuery(slug, days));
  if (work.isPending) return <Loading what="the days" />;
  if (work.isError) return <Notice title="The days could not be loaded">{sentenceOf(work.error)}</Notice>;
  return <Plots days={work.data} />;
}

function Plots({ days }: { readonly days: readonly WorkDay[] }) {
  const totals = totalsOf(days);
  const plots = useMemo(() => {
    const series = seriesOf(days);
    return {
      days: series.days,
      tasks: [
        { name: 'Submitted', values: series.submitted },
        { name: 'Accepted', values: series.accepted },
      ],
      hours: [
        { name: 'Labelling', values: series.labelling_h },
        { name: 'Review', values: series.reviewing_h },
      ],
      sentBack: [{ name: 'Sent back', values: series.sentBack_percent }],
      actions: [{ name: 'Actions per label', values: series.actionsPerLabel }],
    };
  }, [days]);
  const numbers: readonly (readonly [string, string])[] = [
    ['tasks accepted', String(totals.accepted)],
    ['hours with a task', totals.hours.toFixed(1)],
    [
      'of reviews sent back',
      totals.sentBackShare === null ? '–' : `${Math.round(100 * totals.sentBackShare)} %`,
    ],
    ['actions per label', totals.actionsPerLabel === null ? '–' : totals.actionsPerLabel.toFixed(2)],
  ];
  return (
    <>
      <dl className="desk-today" aria-label="In these days">
        {numbers.map(([name, value]) => (
          <div key={name}>
            <dd>{value}</dd>
            <dt>{name}</dt>
          </div>
        ))}
      </dl>
      <div className="plots">
        <Plot title="Tasks a day" days={plots.days} lines={plots.tasks} />
        <Plot title="Hours a day" days={plots.days} lines={plots.hours} unit=" h" />
        <Plot title="Share sent back" days={plots.days} lines={plots.sentBack} unit=" %" />
        <Plot title="Actions per label" days={plots.days} lines={plots.actions} />
      </div>
    </>
  );
}
