import { Badge, Group, Paper, SegmentedControl, Stack, Text, UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';

import type { Attempt, Finding } from '../../../api/trustApi';
import { sentenceOf } from '../../server/errors';
import { attemptQuery, trustApi } from '../../server/trust';
import { Loading } from '../../shell/Loading';
import { Notice } from '../../shell/Notice';
import { planShapes, type PlanShape } from './planShapes';
import { formatScore, ProjectFrame } from './ProjectFrame';

type Shown = 'both' | 'yours' | 'gold';

/** What one made, the gold, and how they differ. */
export function AttemptPage({ slug, attemptId }: { readonly slug: string; readonly attemptId: string }) {
  const attempt = useQuery(attemptQuery(attemptId));
  if (attempt.isPending) return <Loading what="the comparison" />;
  return (
    <ProjectFrame slug={slug} title="Compared with gold">
      {attempt.isError ? (
        <Notice title="The comparison could not be loaded">{sentenceOf(attempt.error)}</Notice>
      ) : attempt.data.score === null ? (
        <Notice title="Your labels are being compared">This takes a few seconds.</Notice>
      ) : (
        <Compared attempt={attempt.data} />
      )}
    </ProjectFrame>
  );
}

function Compared({ attempt }: { readonly attempt: Attempt }) {
  const [shown, setShown] = useState<Shown>('both');
  const [chosen, setChosen] = useState<Finding | null>(null);
  const labels = useQuery({
    queryKey: ['attempts', attempt.id, 'labels'],
    queryFn: () => trustApi.bothLabels(attempt),
  });
  const shapes = useMemo(() => {
    if (labels.data === undefined) return null;
    return { gold: planShapes(labels.data[0].labels), yours: planShapes(labels.data[1].labels) };
  }, [labels.data]);
  const hasPassed = (attempt.score ?? 0) >= attempt.pass_score;
  return (
    <Stack gap="md">
      <Group gap="md">
        <Text fz={32} fw={650} data-testid="attempt-score">
          {formatScore(attempt.score)}
        </Text>
        <Badge variant="light" tt="none" color={hasPassed ? 'teal' : 'red'}>
          {hasPassed ? 'passed' : `below ${formatScore(attempt.pass_score)}`}
        </Badge>
        <Text size="sm" c="dimmed">
          {attempt.clip_name}, {attempt.layer}
        </Text>
        <SegmentedControl
          ml="auto"
          size="xs"
          value={shown}
          onChange={(value) => setShown(value)}
          data={[
            { value: 'both', label: 'Difference' },
            { value: 'yours', label: 'Yours' },
            { value: 'gold', label: 'Gold' },
          ]}
        />
      </Group>
      <Group align="flex-start" wrap="nowrap" gap="md">
        <Paper withBorder radius={6} flex={1} miw={0}>
          {shapes === null ? (
            <Loading what="labels" />
          ) : (
            <Plan
              gold={shown === 'yours' ? [] : shapes.gold}
              yours={shown === 'gold' ? [] : shapes.yours}
              chosen={chosen}
            />
          )}
        </Paper>
        <Stack gap={4} w={340} component="section" aria-label="What differs">
          {attempt.findings.length === 0 ? (
            <Text size="sm">Nothing worth a word: well done.</Text>
          ) : (
            attempt.findings.map((finding, index) => (
              <UnstyledButton
                key={index}
                p="xs"
                aria-pressed={finding === chosen}
                bg={finding === chosen ? 'var(--mantine-color-default-hover)' : 'transparent'}
                style={{ borderRadius: 4 }}
                onClick={() => setChosen(finding === chosen ? null : finding)}
                data-testid="finding"
              >
                <Badge size="sm" variant="light" tt="none" mr="xs" color="gray">
                  {finding.kind}
                </Badge>
                <Text size="sm" span>
                  {finding.text}
                </Text>
              </UnstyledButton>
            ))
          )}
        </Stack>
      </Group>
    </Stack>
  );
}

/** Both from above: the gold filled, one's own outlined. */
function Plan({
  gold,
  yours,
  chosen,
}: {
  readonly gold: readonly PlanShape[];
  readonly yours: readonly PlanShape[];
  readonly chosen: Finding | null;
}) {
  const box = boundsOf([...gold, ...yours]);
  const stroke = Math.max(box.width, box.height) / 400;
  const outline = (shape: PlanShape) => shape.points.map(([x, y]) => `${x},${-y}`).join(' ');
  return (
    <svg
      viewBox={`${box.x} ${box.y} ${box.width} ${box.height}`}
      width="100%"
      height={520}
      role="img"
      aria-label={`Seen from above: ${gold.length} labels of the gold, ${yours.length} of yours`}
      data-testid="plan"
    >
      {gold.map((shape) => (
        <polyline
          key={`gold-${shape.id}`}
          points={outline(shape.isClosed ? closed(shape) : shape)}
          fill={shape.isClosed ? 'var(--mantine-color-yellow-5)' : 'none'}
          fillOpacity={0.35}
          stroke="var(--mantine-color-yellow-6)"
          strokeWidth={chosen?.reference_id === shape.id ? 4 * stroke : stroke}
        />
      ))}
      {yours.map((shape) => (
        <polyline
          key={`yours-${shape.id}`}
          points={outline(shape.isClosed ? closed(shape) : shape)}
          fill="none"
          stroke="var(--mantine-color-blue-5)"
          strokeWidth={chosen?.candidate_id === shape.id ? 4 * stroke : 1.5 * stroke}
        />
      ))}
    </svg>
  );
}

function closed(shape: PlanShape): PlanShape {
  const first = shape.points[0];
  return first === undefined ? shape : { ...shape, points: [...shape.points, first] };
}

function boundsOf(shapes: readonly PlanShape[]) {
  const xs = shapes.flatMap((shape) => shape.points.map(([x]) => x));
  const ys = shapes.flatMap((shape) => shape.points.map(([, y]) => -y));
  if (xs.length === 0) return { x: -10, y: -10, width: 20, height: 20 };
  const margin = 5;
  const [left, top] = [Math.min(...xs) - margin, Math.min(...ys) - margin];
  return {
    x: left,
    y: top,
    width: Math.max(...xs) + margin - left,
    height: Math.max(...ys) + margin - top,
  };
}
