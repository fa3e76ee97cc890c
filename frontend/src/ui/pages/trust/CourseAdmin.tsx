import { Button, Group, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';

import type { Course } from '../../../api/trustApi';
import { coursesQuery } from '../../server/trust';
import { trustAdminApi } from '../../server/trustAdmin';
import { CourseEditor } from './CourseEditor';
import { Problem } from './Problem';

/** The button that makes a course; for admins. */
export function NewCourse({ slug }: { readonly slug: string }) {
  const [isOpen, { open, close }] = useDisclosure(false);
  return (
    <Group>
      <Button size="sm" leftSection={<IconPlus size={16} />} onClick={open}>
        New course
      </Button>
      <Modal opened={isOpen} onClose={close} title="New course" size="xl">
        {isOpen ? <CourseEditor slug={slug} course={null} onDone={close} /> : null}
      </Modal>
    </Group>
  );
}

/** What admins do with a course that is there. */
export function CourseActions({ slug, course }: { readonly slug: string; readonly course: Course }) {
  const queries = useQueryClient();
  const [isOpen, { open, close }] = useDisclosure(false);
  const turn = useMutation({
    mutationFn: () => trustAdminApi.changeCourse(course.id, { is_open: !course.is_open }),
    onSuccess: () => queries.invalidateQueries({ queryKey: coursesQuery(slug).queryKey }),
  });
  return (
    <Group gap="xs" ml="auto">
      <Problem error={turn.error} />
      <Button size="compact-sm" variant="default" onClick={open}>
        Edit
      </Button>
      <Button size="compact-sm" variant="default" loading={turn.isPending} onClick={() => turn.mutate()}>
        {course.is_open ? 'Close' : 'Open'}
      </Button>
      <Modal opened={isOpen} onClose={close} title={course.title} size="xl">
        {isOpen ? <CourseEditor slug={slug} course={course} onDone={close} /> : null}
      </Modal>
    </Group>
  );
}
