import { SegmentedControl, Text } from '@mantine/core';

/** One of a few values, all of them to be seen. */
export function Choice<T extends string>({
  label,
  values,
  value,
  onChange,
}: {
  readonly label: string;
  readonly values: readonly { readonly value: T; readonly label: string }[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}) {
  return (
    <div>
      <Text size="xs" c="dimmed" mb={2}>
        {label}
      </Text>
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label={label}
        data={values.map((item) => ({ ...item }))}
        value={value}
        onChange={(text) => {
          const found = values.find((item) => item.value === text);
          if (found !== undefined) onChange(found.value);
        }}
      />
    </div>
  );
}
