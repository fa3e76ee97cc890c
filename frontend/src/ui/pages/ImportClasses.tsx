import { Select, Table, Text } from '@mantine/core';

import type { ImportedClass } from '../../api/importsApi';
import type { ProjectDetail } from '../../api/types';

/** No class has such a name. */
export const LEAVE_OUT = '\u0000leave out';
export const KEEP = '\u0000keep';

/** What classes of the files become, as somebody chose. */
export type ClassChoices = Readonly<Record<string, string>>;

type Layers = NonNullable<ProjectDetail['ontology']>['layers'];

/** What each class of the files becomes; where the ontology has none of its name, it is asked for. */
export function ImportClasses({
  classes,
  layers,
  choices,
  onChange,
}: {
  readonly classes: readonly ImportedClass[];
  readonly layers: Layers;
  readonly choices: ClassChoices;
  readonly onChange: (name: string, choice: string) => void;
}) {
  return (
    <Table withTableBorder verticalSpacing={4} fz="sm" data-testid="import-classes">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Class in the files</Table.Th>
          <Table.Th ta="right">Labels</Table.Th>
          <Table.Th>Becomes</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {classes.map((found) => {
          const own = layers.find((layer) => layer.name === found.layer)?.classes ?? [];
          return (
            <Table.Tr key={`${found.layer} ${found.name}`}>
              <Table.Td>{found.name}</Table.Td>
              <Table.Td ta="right">{found.count.toLocaleString('en')}</Table.Td>
              <Table.Td w={300}>
                {found.is_settled ? (
                  <Text size="sm">
                    {found.becomes}
                    {found.is_known ? '' : ' (not in the ontology)'}
                  </Text>
                ) : (
                  <Select
                    size="xs"
                    aria-label={`What ${found.name} becomes`}
                    placeholder={found.suggestion === null ? 'Choose' : `Choose, perhaps ${found.suggestion}`}
                    data={[
                      ...own.map((one) => ({ value: one.name, label: one.title })),
                      { value: KEEP, label: `${found.name}, as it is` },
                      { value: LEAVE_OUT, label: 'Leave out' },
                    ]}
                    value={choices[found.name] ?? null}
                    onChange={(value) => {
                      if (value !== null) onChange(found.name, value);
                    }}
                    error={choices[found.name] === undefined}
                    searchable
                    allowDeselect={false}
                  />
                )}
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}
