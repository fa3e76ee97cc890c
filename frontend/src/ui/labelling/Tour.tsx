import { Button, Group, Text } from '@mantine/core';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';

import { preferences, usePreference } from '../server/preferences';
import { useLabelling } from './hooks';
import { KeyList } from './Keys';
import { endTour, goToStep, startTour, TOUR, tourSection, tourStep } from './tour';

interface Rect {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Space about what is pointed at, and between it and the card. */
const MARGIN_PX = 6;
const GAP_PX = 14;

/** Six steps about the screen, for who sees it the first time; the screen stays in use meanwhile. */
export function Tour() {
  const labelling = useLabelling();
  const step = usePreference(tourStep);
  const isKnown = usePreference(preferences.isKnown);
  useEffect(() => {
    if (isKnown && !tourSection.get().isSeen) startTour(labelling);
    return () => tourStep.set(null);
  }, [labelling, isKnown]);
  return step === null ? null : <Step key={step} index={step} />;
}

function Step({ index }: { readonly index: number }) {
  const { editor } = useLabelling();
  const step = TOUR[index];
  const target = useRect(step?.selectors ?? []);
  const card = useRef<HTMLDivElement>(null);
  const next = useRef<HTMLButtonElement>(null);
  const [at, setAt] = useState<{ readonly left: number; readonly top: number } | null>(null);
  useLayoutEffect(() => {
    if (card.current !== null) setAt(placeOf(target, card.current.offsetWidth, card.current.offsetHeight));
  }, [target]);
  useEffect(() => {
    next.current?.focus({ preventScroll: true });
    const abort = new AbortController();
    window.addEventListener(
      'keydown',
      (event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.preventDefault();
        endTour();
      },
      { capture: true, signal: abort.signal },
    );
    return () => abort.abort();
  }, []);
  if (step === undefined) return null;
  const isLast = index === TOUR.length - 1;
  return (
    <>
      {target === null ? null : (
        <div
          className="tour-ring"
          aria-hidden
          style={{
            left: target.left - MARGIN_PX,
            top: target.top - MARGIN_PX,
            width: target.right - target.left + 2 * MARGIN_PX,
            height: target.bottom - target.top + 2 * MARGIN_PX,
          }}
        />
      )}
      <div
        ref={card}
        className="tour-card"
        role="dialog"
        aria-label={`Tour, step ${index + 1} of ${TOUR.length}: ${step.title}`}
        style={at ?? { visibility: 'hidden' }}
        data-testid="tour"
      >
        <Text size="xs" c="dimmed">
          {index + 1} of {TOUR.length}
        </Text>
        <Text fw={600} mb={4}>
          {step.title}
        </Text>
        <Text size="sm" mb="sm">
          {step.words}
        </Text>
        <dl className="tour-keys">
          {step.operations.map((id) => {
            const item = editor.operations.item(id, editor);
            return item.keys.length === 0 ? null : (
              <div key={id}>
                <dt>{item.title}</dt>
                <dd>
                  <KeyList keys={item.keys} />
                </dd>
              </div>
            );
          })}
        </dl>
        <Group gap="xs" justify="flex-end">
          {isLast ? null : (
            <Button
              size="xs"
              variant="subtle"
              color="gray"
              mr="auto"
              onClick={endTour}
              data-testid="tour-skip"
            >
              Skip
            </Button>
          )}
          {index === 0 ? null : (
            <Button size="xs" variant="default" onClick={() => goToStep(index - 1)}>
              Back
            </Button>
          )}
          <Button ref={next} size="xs" onClick={() => goToStep(index + 1)} data-testid="tour-next">
            {isLast ? 'Done' : 'Next'}
          </Button>
        </Group>
      </div>
    </>
  );
}

/** Where the first of these elements is, followed while the screen changes; null: none of them is shown. */
function useRect(selectors: readonly string[]): Rect | null {
  const [rect, setRect] = useState<Rect | null>(null);
  useEffect(() => {
    const look = (): void => {
      const found = selectors
        .map((selector) => document.querySelector(selector)?.getBoundingClientRect())
        .find((bounds) => bounds !== undefined && bounds.width > 0 && bounds.height > 0);
      setRect((before) => (found === undefined ? null : sameRect(before, found) ? before : found));
    };
    look();
    const timer = setInterval(look, 300);
    window.addEventListener('resize', look);
    return () => {
      clearInterval(timer);
      window.removeEventListener('resize', look);
    };
  }, [selectors]);
  return rect;
}

function sameRect(a: Rect | null, b: Rect): boolean {
  return a?.left === b.left && a.top === b.top && a.right === b.right && a.bottom === b.bottom;
}

/** Beside what is pointed at, where there is room: below, above, right, left; else in its lower right corner. */
function placeOf(
  target: Rect | null,
  width: number,
  height: number,
): { readonly left: number; readonly top: number } {
  const { innerWidth, innerHeight } = window;
  if (target === null) return { left: innerWidth - width - GAP_PX, top: innerHeight - height - GAP_PX };
  const within = (value: number, most: number): number => Math.max(GAP_PX, Math.min(value, most - GAP_PX));
  const left = within(target.left, innerWidth - width);
  const top = within(target.top, innerHeight - height);
  if (target.bottom + 2 * GAP_PX + height < innerHeight) return { left, top: target.bottom + GAP_PX };
  if (target.top - 2 * GAP_PX - height > 0) return { left, top: target.top - GAP_PX - height };
  if (target.right + 2 * GAP_PX + width < innerWidth) return { left: target.right + GAP_PX, top };
  if (target.left - 2 * GAP_PX - width > 0) return { left: target.left - GAP_PX - width, top };
  return { left: target.right - width - GAP_PX, top: target.bottom - height - GAP_PX };
}
