import { Text, Title, useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

export interface PlotLine {
  readonly name: string;
  /** Null: nothing to say for that day. */
  readonly values: readonly (number | null)[];
  readonly isBars?: boolean;
}

/** Two that people with any kind of colour vision tell apart (Okabe and Ito), on light and on dark. */
const COLORS = { light: ['#0072b2', '#d55e00', '#009e73'], dark: ['#56b4e9', '#e69f00', '#3fc79a'] } as const;
const HEIGHT_PX = 210;
const AXIS = { light: ['#5c6675', '#e8eaee'], dark: ['#959dab', '#2c3038'] } as const;

/** Lines or bars over days; the values under the pointer are told beneath. */
export function Plot({
  title,
  days,
  lines,
  unit = '',
}: {
  readonly title: string;
  /** Midnights UTC, seconds since 1970, ascending. */
  readonly days: readonly number[];
  readonly lines: readonly PlotLine[];
  readonly unit?: string;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme('light');
  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const [text, grid] = AXIS[scheme];
    const axis = { stroke: text, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 } };
    const plot = new UPlot(
      {
        width: element.clientWidth,
        height: HEIGHT_PX,
        // The server counts days in UTC; so does the axis.
        tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
        scales: { y: { range: (_, least, most) => [Math.min(0, least), most > 0 ? most * 1.08 : 1] } },
        axes: [
          { ...axis, values: (_, marks) => marks.map(dayOf) },
          { ...axis, size: 68, values: (_, marks) => marks.map((mark) => `${mark}${unit}`) },
        ],
        cursor: { y: false },
        series: [
          { label: 'Day', value: '{YYYY}-{MM}-{DD}' },
          ...lines.map((line, index) => ({
            label: line.name,
            stroke: COLORS[scheme][index % COLORS[scheme].length] ?? text,
            width: 2,
            points: { size: 5 },
            value: (_: UPlot, value: number | null) => (value === null ? '–' : `${shown(value)}${unit}`),
            ...(line.isBars === true && UPlot.paths.bars !== undefined
              ? {
                  paths: UPlot.paths.bars({ size: [0.6, 40] }),
                  fill: COLORS[scheme][index % COLORS[scheme].length] ?? text,
                  points: { show: false },
                }
              : {}),
          })),
        ],
      },
      [[...days], ...lines.map((line) => [...line.values])],
      element,
    );
    const observer = new ResizeObserver(() =>
      plot.setSize({ width: element.clientWidth, height: HEIGHT_PX }),
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [scheme, days, lines, unit]);
  const isEmpty = lines.every((line) => line.values.every((value) => value === null || value === 0));
  return (
    <section className="plot" aria-label={title} data-testid={`plot ${title}`}>
      <Title order={2} size="h6" mb={4}>
        {title}
      </Title>
      <div ref={frame} />
      {isEmpty ? (
        <Text size="xs" c="dimmed">
          Nothing yet in these days.
        </Text>
      ) : null}
    </section>
  );
}

/** `23 Oct`, in the reader's own language. */
function dayOf(seconds: number): string {
  return new Date(seconds * 1000).toLocaleDateString(undefined, {
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
  });
}

function shown(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(value < 10 ? 2 : 1);
}
