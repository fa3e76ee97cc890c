import { Button, Checkbox, Group, NumberInput, Progress, Select, Slider, Stack, Text } from '@mantine/core';

import { MAX_NEAR_SWEEPS, POINT_COLORS, type PointColor, type SweepSpan } from '../../render/cloudSettings';
import { MEMORY_LEVELS, type MemoryLevel } from '../../render/memoryBudget';
import { Choice } from './Choice';
import { useLabelling, useReadable } from './hooks';

const SPANS: readonly { readonly value: SweepSpan; readonly label: string }[] = [
  { value: 'nearest', label: '1 sweep' },
  { value: 'near', label: '± some' },
  { value: 'all', label: 'whole clip' },
];
const COLOR_LABELS: Readonly<Record<PointColor, string>> = {
  height: 'height above ground',
  intensity: 'intensity',
  distance: 'distance',
  time: 'time',
  class: 'class of their box',
  camera: 'camera colour',
};
const MEMORY_LABELS: Readonly<Record<MemoryLevel, string>> = {
  auto: 'as the device has',
  small: 'small',
  medium: 'medium',
  large: 'large',
};

/** Which points are shown, and how. */
export function CloudOptions() {
  const { cloud, editor } = useLabelling();
  const settings = useReadable(cloud);
  if (editor.clip.manifest.sweeps.length === 0) {
    return (
      <Text size="xs" c="dimmed">
        This clip has no point clouds: label on the ground and in the pictures.
      </Text>
    );
  }
  return (
    <Stack gap="sm">
      <Choice
        label="Points of"
        values={SPANS}
        value={settings.span}
        onChange={(span) => cloud.change({ span })}
      />
      {settings.span === 'near' ? (
        <Labelled words={`Sweeps before and after: ${settings.nearSweeps}`}>
          <Slider
            size="sm"
            min={1}
            max={MAX_NEAR_SWEEPS}
            value={settings.nearSweeps}
            onChange={(nearSweeps) => cloud.change({ nearSweeps })}
            thumbLabel="Sweeps before and after"
          />
        </Labelled>
      ) : null}
      {settings.span === 'all' ? <StaticCloudNote /> : null}
      <Select
        size="xs"
        label="Coloured by"
        data={POINT_COLORS.map((value) => ({ value, label: COLOR_LABELS[value] }))}
        value={settings.color}
        onChange={(color) => {
          if (color !== null) cloud.change({ color });
        }}
        allowDeselect={false}
        comboboxProps={{ withinPortal: false }}
      />
      <Labelled words="Point size">
        <Slider
          size="sm"
          min={1}
          max={6}
          step={0.5}
          value={settings.size_px}
          onChange={(size_px) => cloud.change({ size_px })}
          label={(value) => `${value} px`}
          thumbLabel="Point size"
        />
      </Labelled>
      <Checkbox
        size="xs"
        label="Hide the ground"
        checked={settings.hidesGround}
        onChange={(event) => cloud.change({ hidesGround: event.currentTarget.checked })}
      />
      <Checkbox
        size="xs"
        label="Only these heights above ground (m)"
        checked={settings.clipsHeight}
        onChange={(event) => cloud.change({ clipsHeight: event.currentTarget.checked })}
      />
      {settings.clipsHeight ? (
        <Group gap="xs" grow>
          <Metres
            label="From"
            value={settings.lowest_m}
            onChange={(lowest_m) => cloud.change({ lowest_m })}
          />
          <Metres
            label="To"
            value={settings.highest_m}
            onChange={(highest_m) => cloud.change({ highest_m })}
          />
        </Group>
      ) : null}
      <Checkbox
        size="xs"
        label="Only around the selected box"
        checked={settings.clipsToBox}
        onChange={(event) => cloud.change({ clipsToBox: event.currentTarget.checked })}
      />
      {settings.clipsToBox ? (
        <Metres
          label="As far around it as"
          value={settings.boxMargin_m}
          onChange={(boxMargin_m) => cloud.change({ boxMargin_m })}
        />
      ) : null}
      <Checkbox
        size="xs"
        label="Points of moving boxes go along"
        checked={settings.carriesMoving}
        onChange={(event) => cloud.change({ carriesMoving: event.currentTarget.checked })}
      />
      <Select
        size="xs"
        label="Memory for points and pictures"
        data={MEMORY_LEVELS.map((value) => ({ value, label: MEMORY_LABELS[value] }))}
        value={settings.memory}
        onChange={(memory) => {
          if (memory !== null) cloud.change({ memory });
        }}
        allowDeselect={false}
        comboboxProps={{ withinPortal: false }}
      />
    </Stack>
  );
}

/** What there is of the whole clip's static cloud. */
function StaticCloudNote() {
  const { staticCloud, editor, makeStaticCloud } = useLabelling();
  const { info, failure } = useReadable(staticCloud.state);
  const { role } = editor.clip.manifest.project;
  if (failure !== null) return <Note>{`The static cloud can't be asked for: ${failure}`}</Note>;
  if (info === null) return <Note>Asking for the static cloud.</Note>;
  const points = `${(info.point_count / 1e6).toFixed(1)} million points`;
  switch (info.state) {
    case 'done':
      return <Note>{`The static cloud, ${points}, and the sweep of now.`}</Note>;
    case 'queued':
    case 'running': {
      const { done, total } = info.progress ?? { done: 0, total: null };
      return (
        <div>
          <Note>
            {info.url === null
              ? 'The static cloud is being made. Until it is there, some of the sweeps stand for it.'
              : 'A newer static cloud is being made.'}
          </Note>
          <Progress
            mt={4}
            size="xs"
            value={total === null || total === 0 ? 0 : (100 * done) / total}
            aria-label="The static cloud's progress"
          />
        </div>
      );
    }
    case 'failed':
    case 'cancelled':
    case 'missing':
    case 'no_sweeps':
      return (
        <div>
          <Note>
            {info.state === 'failed'
              ? `The static cloud could not be made: ${info.message}`
              : 'This clip has no static cloud yet: some of the sweeps stand for it.'}
          </Note>
          {role === 'engineer' || role === 'admin' ? (
            <Button mt={4} size="compact-xs" variant="default" onClick={makeStaticCloud}>
              Make it
            </Button>
          ) : null}
        </div>
      );
  }
}

function Note({ children }: { readonly children: string }) {
  return (
    <Text size="xs" c="dimmed" data-testid="static-cloud-note">
      {children}
    </Text>
  );
}

function Labelled({ words, children }: { readonly words: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {words}
      </Text>
      {children}
    </div>
  );
}

function Metres({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
}) {
  return (
    <NumberInput
      size="xs"
      label={label}
      value={value}
      step={0.5}
      suffix=" m"
      onChange={(entered) => {
        if (typeof entered === 'number') onChange(entered);
      }}
    />
  );
}
