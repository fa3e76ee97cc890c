import {
  Anchor,
  Button,
  Code,
  Group,
  NavLink,
  SimpleGrid,
  Skeleton,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconFileImport, IconMovie, IconSearch, IconUsersGroup } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'wouter';

import { sentenceOf } from '../server/errors';
import type { ClipSummary, Project as ProjectSummary } from '../../api/types';
import { clipsQuery, projectsQuery } from '../server/queries';
import { Loading } from '../shell/Loading';
import { Notice } from '../shell/Notice';
import { PageShell } from '../shell/PageShell';
import { ProjectTabs } from '../shell/ProjectTabs';
import { ClipCard } from './ClipCard';
import { ImportLabels } from './ImportLabels';
import { WorkHome } from './work/WorkHome';

/** The projects a person belongs to, and the clips of one of them. */
export function HomePage({ slug }: { readonly slug?: string }) {
  const projects = useQuery(projectsQuery);
  if (projects.isPending) return <Loading what="projects" />;
  const list = projects.data ?? [];
  const project = slug === undefined ? list[0] : list.find((candidate) => candidate.slug === slug);
  return (
    <PageShell>
      {slug === undefined ? <WorkHome /> : null}
      {projects.isError ? (
        <Notice title="The projects could not be loaded">{sentenceOf(projects.error)}</Notice>
      ) : null}
      {projects.isSuccess && project === undefined ? <NoProject hasOthers={list.length > 0} /> : null}
      {project === undefined ? null : (
        <Group align="flex-start" gap="xl" wrap="nowrap">
          {list.length > 1 ? <ProjectList projects={list} current={project} /> : null}
          <ProjectClips key={project.slug} project={project} hasTabs={slug === undefined} />
        </Group>
      )}
    </PageShell>
  );
}

function ProjectList({
  projects,
  current,
}: {
  readonly projects: readonly ProjectSummary[];
  readonly current: ProjectSummary;
}) {
  return (
    <Stack component="nav" aria-label="Projects" gap={2} w={200} style={{ flexShrink: 0 }}>
      <Text size="xs" c="dimmed" fw={600} px="sm">
        Projects
      </Text>
      {projects.map((project) => (
        <NavLink
          key={project.slug}
          component={Link}
          href={`/projects/${project.slug}`}
          label={project.name}
          description={project.role}
          active={project.slug === current.slug}
        />
      ))}
    </Stack>
  );
}

function ProjectClips({
  project,
  hasTabs,
}: {
  readonly project: ProjectSummary;
  /** Whether the ways to the project's other pages stand here: on its own page they stand above everything. */
  readonly hasTabs: boolean;
}) {
  const clips = useInfiniteQuery(clipsQuery(project.slug));
  const [isImporting, importing] = useDisclosure(false);
  const mayImport = project.role === 'engineer' || project.role === 'admin';
  const [params, setParams] = useSearchParams();
  const search = params.get('q') ?? '';
  const all = clips.data?.pages.flatMap((page) => page.results) ?? [];
  const found = all.filter((clip) => clip.name.toLowerCase().includes(search.toLowerCase()));
  return (
    <Stack gap="md" flex={1} miw={0}>
      {hasTabs ? <ProjectTabs slug={project.slug} /> : null}
      <Group gap="md">
        <Title order={1} size="h3">
          {project.name}
        </Title>
        <Text size="sm" c="dimmed">
          {clips.isSuccess ? count(all, clips.hasNextPage) : ''}
        </Text>
        {mayImport && all.length > 0 ? (
          <Button
            ml="auto"
            size="sm"
            variant="default"
            leftSection={<IconFileImport size={16} stroke={1.6} />}
            onClick={importing.open}
            data-testid="import-labels-button"
          >
            Import labels…
          </Button>
        ) : null}
        <TextInput
          {...(mayImport && all.length > 0 ? {} : { ml: 'auto' })}
          w={240}
          size="sm"
          placeholder="Search clips by name"
          aria-label="Search clips by name"
          leftSection={<IconSearch size={16} stroke={1.6} />}
          value={search}
          onChange={(event) => {
            const text = event.currentTarget.value;
            setParams(text === '' ? {} : { q: text }, { replace: true });
          }}
        />
      </Group>
      {mayImport ? <ImportLabels slug={project.slug} isOpen={isImporting} onClose={importing.close} /> : null}
      <ClipGrid project={project} clips={found} total={all.length} search={search} state={clips} />
      {clips.hasNextPage ? (
        <Button
          variant="default"
          mx="auto"
          loading={clips.isFetchingNextPage}
          onClick={() => void clips.fetchNextPage()}
        >
          Show more clips
        </Button>
      ) : null}
    </Stack>
  );
}

function ClipGrid({
  project,
  clips,
  total,
  search,
  state,
}: {
  readonly project: ProjectSummary;
  readonly clips: readonly ClipSummary[];
  readonly total: number;
  readonly search: string;
  readonly state: { readonly isPending: boolean; readonly isError: boolean; readonly error: unknown };
}) {
  if (state.isPending) {
    return (
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3, lg: 4 }} spacing="md">
        {Array.from({ length: 8 }, (_, i) => (
          <Skeleton key={i} h={230} radius={6} />
        ))}
      </SimpleGrid>
    );
  }
  if (state.isError) return <Notice title="The clips could not be loaded">{sentenceOf(state.error)}</Notice>;
  if (total === 0) return <NoClips project={project} />;
  if (clips.length === 0) {
    return (
      <Notice icon={<IconSearch size={32} stroke={1.5} />} title="No clip has such a name">
        None of the {total} clips shown here contains “{search}”.
      </Notice>
    );
  }
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 3, lg: 4 }} spacing="md">
      {clips.map((clip) => (
        <ClipCard key={clip.id} slug={project.slug} clip={clip} />
      ))}
    </SimpleGrid>
  );
}

function NoClips({ project }: { readonly project: ProjectSummary }) {
  const mayImport = project.role === 'engineer' || project.role === 'admin';
  return (
    <Notice icon={<IconMovie size={32} stroke={1.5} />} title="This project has no clips yet">
      {mayImport ? (
        <>
          Put a recording in from the command line:
          <Code block mt="sm" ta="left">
            python manage.py import_clip PATH/TO/CLIP --project {project.slug}
          </Code>
        </>
      ) : (
        'Recordings are put in by an engineer or an admin of the project. They show here as soon as they are in.'
      )}
    </Notice>
  );
}

function NoProject({ hasOthers }: { readonly hasOthers: boolean }) {
  return (
    <Notice icon={<IconUsersGroup size={32} stroke={1.5} />} title="No project to show">
      {hasOthers ? (
        <>
          There is no such project, or you are not a member of it.{' '}
          <Anchor component={Link} href="/" size="sm" underline="always">
            To your projects
          </Anchor>
        </>
      ) : (
        'You are not a member of any project yet. An admin of a project can add you; then its clips show here.'
      )}
    </Notice>
  );
}

function count(clips: readonly ClipSummary[], hasMore: boolean): string {
  if (clips.length === 1 && !hasMore) return '1 clip';
  return hasMore ? `the first ${clips.length} clips` : `${clips.length} clips`;
}
