import { Alert, Badge, Button, Group, Tabs, Text } from '@mantine/core';
import { IconAlertTriangle, IconSnowflake } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'wouter';

import { formatMoment } from '../../format';
import { versionQuery } from '../../server/datasets';
import { sentenceOf } from '../../server/errors';
import { Loading } from '../../shell/Loading';
import { Notice } from '../../shell/Notice';
import { DatasetFrame } from './DatasetFrame';
import { DeprecatePanel } from './DeprecatePanel';
import { VersionCard } from './VersionCard';
import { VersionClips } from './VersionClips';
import { VersionCompare } from './VersionCompare';
import { VersionExports } from './VersionExports';
import { VersionOverview } from './VersionOverview';

const TABS = [
  { value: 'overview', label: 'Overview' },
  { value: 'card', label: 'Card' },
  { value: 'clips', label: 'Clips' },
  { value: 'compare', label: 'Compare' },
  { value: 'exports', label: 'Exports' },
];

/** A frozen version: what it is, what is in it, what changed since another, and its exports. */
export function VersionPage({ slug, versionId }: { readonly slug: string; readonly versionId: string }) {
  const version = useQuery(versionQuery(versionId));
  const [params, setParams] = useSearchParams();
  const [isDeprecating, setIsDeprecating] = useState(false);
  if (version.isPending) return <Loading what="the version" />;
  if (version.isError) {
    return (
      <DatasetFrame slug={slug} title="Version" trail={[{ label: 'version' }]}>
        <Notice title="The version could not be loaded">{sentenceOf(version.error)}</Notice>
      </DatasetFrame>
    );
  }
  const { data } = version;
  const tab = TABS.find(({ value }) => value === params.get('tab'))?.value ?? 'overview';
  return (
    <DatasetFrame
      slug={slug}
      title={
        <Group gap="sm">
          {data.dataset}, version {data.number}
          {data.deprecation === null ? null : (
            <Badge color="yellow" variant="light" tt="none">
              deprecated
            </Badge>
          )}
        </Group>
      }
      trail={[
        { label: data.dataset, to: `/projects/${slug}/datasets/${data.dataset_id}` },
        { label: `version ${data.number}` },
      ]}
      actions={
        <>
          {data.deprecation === null ? (
            <Button variant="default" onClick={() => setIsDeprecating(true)} data-testid="deprecate">
              Deprecate
            </Button>
          ) : null}
          <Button
            component={Link}
            href={`/projects/${slug}/datasets/${data.dataset_id}/freeze?from=${data.id}`}
            variant="default"
            leftSection={<IconSnowflake size={16} stroke={1.6} />}
          >
            New version from this
          </Button>
        </>
      }
    >
      {data.deprecation === null ? null : (
        <Alert color="yellow" icon={<IconAlertTriangle size={18} />} title="Not to be used any more">
          {data.deprecation.reason}
          <Text size="sm" c="dimmed">
            Since {formatMoment(data.deprecation.created_at)}. What was exported stays; it is exported no
            more.
          </Text>
        </Alert>
      )}
      {isDeprecating ? (
        <DeprecatePanel slug={slug} version={data} onClose={() => setIsDeprecating(false)} />
      ) : null}
      <Tabs
        value={tab}
        onChange={(value) => setParams(value === null ? {} : { tab: value }, { replace: true })}
        keepMounted={false}
      >
        <Tabs.List mb="lg">
          {TABS.map(({ value, label }) => (
            <Tabs.Tab key={value} value={value} data-testid={`tab-${value}`}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="overview">
          <VersionOverview version={data} />
        </Tabs.Panel>
        <Tabs.Panel value="card">
          <VersionCard versionId={versionId} />
        </Tabs.Panel>
        <Tabs.Panel value="clips">
          <VersionClips slug={slug} versionId={versionId} />
        </Tabs.Panel>
        <Tabs.Panel value="compare">
          <VersionCompare slug={slug} version={data} />
        </Tabs.Panel>
        <Tabs.Panel value="exports">
          <VersionExports slug={slug} version={data} />
        </Tabs.Panel>
      </Tabs>
    </DatasetFrame>
  );
}
