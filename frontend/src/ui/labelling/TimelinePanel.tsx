import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import {
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipBackFilled,
  IconPlayerSkipForwardFilled,
  IconPlayerTrackNext,
  IconPlayerTrackPrev,
} from '@tabler/icons-react';
import { useEffect, useRef, type ReactNode } from 'react';

import { nearestIndex } from '../../core/clip/clip';
import { PLAYBACK_RATES } from '../../core/operations/timing';
import { TimelineView } from '../../render/timeline/timelineView';
import { formatClipTime } from '../format';
import { EffortReadout } from './EffortReadout';
import { useLabelling, useSession } from './hooks';
import { labelName } from './labelNames';
import { OperationButton } from './OperationButton';

/** Time: play, step, scrub; the life and keyframes of the selected label. */
export function TimelinePanel() {
  const labelling = useLabelling();
  const element = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (element.current === null || canvas.current === null) return undefined;
    const { editor, loop, lints, colorOf, titleOf, notice } = labelling;
    const view = new TimelineView(element.current, canvas.current, {
      editor,
      loop,
      lints,
      colorOf,
      nameOf: (label) => labelName(label, titleOf),
      notify: (words) => notice.set({ words }),
    });
    return () => view.dispose();
  }, [labelling]);
  return (
    <section className="timeline" aria-label="Timeline">
      <div className="timeline-controls">
        <div className="timeline-time">
          <Clock />
        </div>
        <div className="timeline-buttons">
          <OperationButton
            id="time.previous_keyframe"
            icon={<IconPlayerTrackPrev size={15} stroke={1.6} />}
          />
          <OperationButton id="time.previous" icon={<IconPlayerSkipBackFilled size={15} />} />
          <PlayButton />
          <OperationButton id="time.next" icon={<IconPlayerSkipForwardFilled size={15} />} />
          <OperationButton id="time.next_keyframe" icon={<IconPlayerTrackNext size={15} stroke={1.6} />} />
        </div>
        <Rate />
        <EffortReadout />
      </div>
      <TimeSlider>
        <div ref={element} className="timeline-canvas" data-testid="timeline">
          <canvas ref={canvas} className="view-canvas" />
        </div>
      </TimeSlider>
    </section>
  );
}

/** Says the time to assistive tools; the arrow keys that go with it are the screen's own. */
function TimeSlider({ children }: { readonly children: ReactNode }) {
  const { clip } = useLabelling().editor;
  const timeNs = useSession((session) => session.timeNs);
  const tick = nearestIndex(clip.ticksNs, timeNs) ?? 0;
  return (
    <div
      className="time-slider"
      role="slider"
      tabIndex={0}
      aria-label="Time"
      aria-valuemin={1}
      aria-valuemax={clip.ticksNs.length}
      aria-valuenow={tick + 1}
      aria-valuetext={`${formatClipTime(timeNs, clip.startNs)}, tick ${tick + 1} of ${clip.ticksNs.length}`}
    >
      {children}
    </div>
  );
}

function Clock() {
  const { clip } = useLabelling().editor;
  const timeNs = useSession((session) => session.timeNs);
  const tick = nearestIndex(clip.ticksNs, timeNs);
  return (
    <>
      <span className="clock" data-testid="clock">
        {formatClipTime(timeNs, clip.startNs)}
      </span>
      <span className="clock-tick" title="Tick of the timeline">
        {tick === null ? '–' : tick + 1} / {clip.ticksNs.length}
      </span>
    </>
  );
}

function PlayButton() {
  const isPlaying = useSession((session) => session.isPlaying);
  return (
    <OperationButton
      id="time.play"
      iconName={isPlaying ? 'pause' : 'play'}
      isOn={isPlaying}
      size={30}
      icon={isPlaying ? <IconPlayerPauseFilled size={17} /> : <IconPlayerPlayFilled size={17} />}
    />
  );
}

function Rate() {
  const { editor } = useLabelling();
  const rate = useSession((session) => session.playbackRate);
  return (
    <Menu position="top-start" width={110}>
      <Menu.Target>
        <Tooltip label="How fast time plays; × 1 is real speed">
          <ActionIcon
            size={24}
            w={40}
            variant="subtle"
            color="gray"
            aria-label={`Playing speed: ${rate} times`}
          >
            <span className="rate">×{rate}</span>
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {PLAYBACK_RATES.map((value) => (
          <Menu.Item key={value} fz={13} py={4} onClick={() => editor.session.set({ playbackRate: value })}>
            × {value}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
