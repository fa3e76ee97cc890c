/** A 2D canvas that follows its element's size in device pixels; drawing is in CSS pixels. */
export class Canvas2d {
  readonly element: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
  width_px = 0;
  height_px = 0;

  constructor(element: HTMLCanvasElement) {
    const context = element.getContext('2d');
    if (context === null) throw new Error('this browser gives no 2D canvas');
    this.element = element;
    this.context = context;
  }

  /** Takes the element's size over; true when it changed (and the picture is gone). */
  fit(width_px: number, height_px: number, pixelRatio: number): boolean {
    this.width_px = width_px;
    this.height_px = height_px;
    const width = Math.max(1, Math.round(width_px * pixelRatio));
    const height = Math.max(1, Math.round(height_px * pixelRatio));
    const isChanged = this.element.width !== width || this.element.height !== height;
    if (isChanged) {
      this.element.width = width;
      this.element.height = height;
    }
    this.context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
    return isChanged;
  }

  clear(): void {
    this.context.clearRect(0, 0, this.width_px, this.height_px);
  }
}
