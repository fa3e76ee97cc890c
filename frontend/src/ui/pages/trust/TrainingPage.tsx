import { Anchor, Badge, Button, Group, Paper, Progress, Stack, Table, Text, Title } from '@mantine/core';
import { IconCheck, IconSchool } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';

import type { Course, OwnScore } from '../../../api/trustApi';
import { formatMoment } from '../../format';
import { sentenceOf } from '../../server/errors';
import { projectQuery } from '../../server/queries';
import { coursesQuery, ownScoreQuery, trustApi } from '../../server/trust';
import { Loading } from '../../shell/Loading';
import { Notice } from '../../shell/Notice';
import { CourseActions, NewCourse } from './CourseAdmin';
import { formatScore, ProjectFrame } from './ProjectFrame';

/** One's own score and why, and the courses of a project. */
export function TrainingPage({ slug }: { readonly slug: string }) {
  const score = useQuery(ownScoreQuery(slug));
  const courses = useQuery(coursesQuery(slug));
  const isAdmin = useQuery(projectQuery(slug)).data?.role === 'admin';
  if (score.isPending || courses.isPending) return <Loading what="training" />;
  return (
    <ProjectFrame slug={slug} title="Training">
      {score.isSuccess ? <ScorePanel slug={slug} score={score.data} /> : null}
      {isAdmin ? <NewCourse slug={slug} /> : null}
      {courses.isError || score.isError ? (
        <Notice title="Training could not be loaded">{sentenceOf(courses.error ?? score.error)}</Notice>
      ) : null}
      {courses.data?.length === 0 ? (
        <Notice icon={<IconSchool size={32} stroke={1.5} />} title="There are no courses yet">
          A course teaches a kind of labelling on clips whose right labels are known, and opens its tasks.
        </Notice>
      ) : null}
      {courses.data?.map((course) => (
        <CoursePanel key={course.id} slug={slug} course={course} isAdmin={isAdmin} />
      ))}
    </ProjectFrame>
  );
}

function ScorePanel({ slug, score }: { readonly slug: string; readonly score: OwnScore }) {
  return (
    <Paper withBorder p="md" radius={6} component="section" aria-label="Your score" data-testid="own-score">
      <Group gap="xl" align="flex-start">
        <Stack gap={2} w={220}>
          <Text size="sm" c="dimmed">
            Your score
          </Text>
          <Text fz={32} fw={650}>
            {formatScore(score.score)}
          </Text>
          <Progress value={(score.score ?? 0) * 100} aria-label="Your score" />
          <Text size="sm" c="dimmed">
            {score.tasks === 0
              ? 'Some tasks are compared with labels known to be right; none of yours is told yet.'
              : `The mean of your last ${score.tasks} compared tasks; good from ${formatScore(score.pass_score)}.`}
          </Text>
          {score.skills.length === 0 ? null : <Text size="sm">Skills: {score.skills.join(', ')}</Text>}
        </Stack>
        {score.findings.length === 0 ? null : (
          <Stack gap={4}>
            <Text size="sm" c="dimmed">
              What it is made of
            </Text>
            {score.findings.map((finding) => (
              <Text key={finding.kind} size="sm">
                {finding.count} × {finding.kind}
              </Text>
            ))}
          </Stack>
        )}
        {score.checks.length === 0 ? null : (
          <Table w="auto" verticalSpacing={2}>
            <Table.Tbody>
              {score.checks.map((check) => (
                <Table.Tr key={check.id}>
                  <Table.Td>
                    <Anchor component={Link} size="sm" href={`/projects/${slug}/attempts/${check.id}`}>
                      {check.clip_name}, {check.layer}
                    </Anchor>
                  </Table.Td>
                  <Table.Td>{formatScore(check.score)}</Table.Td>
                  <Table.Td c="dimmed">{formatMoment(check.submitted_at)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </Group>
    </Paper>
  );
}

function CoursePanel({
  slug,
  course,
  isAdmin,
}: {
  readonly slug: string;
  readonly course: Course;
  readonly isAdmin: boolean;
}) {
  const [, navigate] = useLocation();
  const start = useMutation({
    mutationFn: (position: number) => trustApi.startStep(course.id, position),
    onSuccess: (task) =>
      navigate(`/projects/${slug}/clips/${task.clip_id}?set=${task.label_set_id}&task=${task.id}`),
  });
  const next = course.steps.find((step) => !step.is_passed);
  return (
    <Paper withBorder p="md" radius={6} component="section" aria-label={course.title} data-testid="course">
      <Group gap="sm" mb="xs">
        <Title order={2} size="h4">
          {course.title}
        </Title>
        <Badge variant="light" tt="none" color={course.has_skill ? 'teal' : 'gray'}>
          {course.has_skill ? `you have the skill ${course.skill}` : `opens the skill ${course.skill}`}
        </Badge>
        {course.is_open ? null : (
          <Badge variant="light" tt="none" color="gray">
            closed
          </Badge>
        )}
        {isAdmin ? <CourseActions slug={slug} course={course} /> : null}
      </Group>
      {course.lost_skill_at !== null && !course.has_skill ? (
        <Text size="sm" c="red" mb="xs">
          Your score fell, so the skill was taken on {formatMoment(course.lost_skill_at)}: pass the steps
          again.
        </Text>
      ) : null}
      <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
        {course.instructions}
      </Text>
      <Table mt="sm" verticalSpacing="xs">
        <Table.Tbody>
          {course.steps.map((step) => (
            <Table.Tr key={step.position}>
              <Table.Td w={30}>
                {step.is_passed ? <IconCheck size={16} aria-label="passed" /> : step.position}
              </Table.Td>
              <Table.Td>
                <Text size="sm">
                  {step.clip_name}, {step.layer}
                </Text>
                <Text size="sm" c="dimmed">
                  {step.instructions}
                </Text>
              </Table.Td>
              <Table.Td>
                {step.attempts
                  .filter((attempt) => attempt.submitted_at !== null)
                  .map((attempt) => (
                    <Anchor
                      key={attempt.id}
                      component={Link}
                      size="sm"
                      mr="sm"
                      href={`/projects/${slug}/attempts/${attempt.id}`}
                    >
                      {attempt.score === null ? 'being compared' : formatScore(attempt.score)}
                    </Anchor>
                  ))}
              </Table.Td>
              <Table.Td ta="right">
                <Button
                  size="compact-sm"
                  variant={step === next ? 'filled' : 'default'}
                  disabled={!course.is_open || (next !== undefined && step.position > next.position)}
                  loading={start.isPending}
                  onClick={() => start.mutate(step.position)}
                >
                  {step.attempts.length === 0 ? 'Start' : 'Go on'}
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {start.isError ? (
        <Text size="sm" c="red" mt="xs" role="alert">
          {sentenceOf(start.error)}
        </Text>
      ) : null}
      <Text size="sm" c="dimmed" mt="xs">
        Passed from {formatScore(course.pass_score)} at each step.
      </Text>
    </Paper>
  );
}
