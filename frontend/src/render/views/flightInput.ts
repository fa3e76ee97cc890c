/** What a flight does with the mouse. */
export interface FlightMouse {
  look(dx_px: number, dy_px: number): void;
  end(): void;
}

/**
 * The mouse while flying, as games have it: it is caught, and moving it looks about. Where the browser doesn't give it
 * (or until it does) a drag looks about. The result gives it back.
 */
export function catchMouse(element: HTMLElement, mouse: FlightMouse): () => void {
  const abort = new AbortController();
  const { signal } = abort;
  const isCaught = (): boolean => document.pointerLockElement === element;
  let wasCaught = false;
  document.addEventListener(
    'pointerlockchange',
    () => {
      // Esc gives the mouse back before any page hears of the key.
      if (wasCaught && !isCaught()) mouse.end();
      wasCaught = isCaught();
    },
    { signal },
  );
  document.addEventListener(
    'mousemove',
    (event) => {
      if (isCaught()) mouse.look(event.movementX, event.movementY);
    },
    { signal },
  );
  // Refused without a person's own press, or by the browser's settings: then there is the drag. Old browsers answer nothing.
  const asked = element.requestPointerLock() as Promise<void> | undefined;
  asked?.catch(() => undefined);
  return () => {
    abort.abort();
    if (isCaught()) document.exitPointerLock();
  };
}
