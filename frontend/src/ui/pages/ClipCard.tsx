import { Group, Text } from '@mantine/core';
import { IconCamera, IconPhoto, IconRadar2 } from '@tabler/icons-react';
import { Link } from 'wouter';

import { formatDuration } from '../format';
import type { ClipSummary } from '../../api/types';

/** A clip in a grid: its poster, and what is in it. */
export function ClipCard({ slug, clip }: { readonly slug: string; readonly clip: ClipSummary }) {
  return (
    <Link href={`/projects/${slug}/clips/${clip.id}`} className="clip-card" data-testid={`clip-${clip.name}`}>
      <div className="clip-poster">
        {clip.poster_url === null ? (
          <div className="clip-poster-empty">
            <IconPhoto size={28} stroke={1.3} aria-label="no poster" />
          </div>
        ) : (
          <img src={clip.poster_url} alt="" loading="lazy" />
        )}
        <span className="clip-duration">{formatDuration(clip.duration_s)}</span>
      </div>
      <div style={{ padding: '8px 12px 10px' }}>
        <Text size="md" fw={600} truncate title={clip.name}>
          {clip.name}
        </Text>
        <Group gap="md" mt={2} c="dimmed" wrap="nowrap">
          <Fact icon={<IconCamera size={14} stroke={1.6} />} value={clip.camera_count} unit="camera" />
          <Fact icon={<IconPhoto size={14} stroke={1.6} />} value={clip.image_count} unit="image" />
          <Fact icon={<IconRadar2 size={14} stroke={1.6} />} value={clip.sweep_count} unit="sweep" />
        </Group>
      </div>
    </Link>
  );
}

function Fact({
  icon,
  value,
  unit,
}: {
  readonly icon: React.ReactNode;
  readonly value: number;
  readonly unit: string;
}) {
  const words = `${value.toLocaleString('en')} ${unit}${value === 1 ? '' : 's'}`;
  return (
    <Group gap={4} title={words} aria-label={words} wrap="nowrap">
      {icon}
      <Text size="xs">{value.toLocaleString('en')}</Text>
    </Group>
  );
}
