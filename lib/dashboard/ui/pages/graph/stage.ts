import { signal } from '@preact/signals';
import type { JobState } from '../../../../job/job-state.js';
import { NODE, type Layout, linksOf, type Links, type Shape } from './layout.js';
import { Painter } from './painter.js';
import { type Palette, paletteOf } from './palette.js';
import { fit, reveal, type Size, type View, zoom } from './viewport.js';

/** A graph on a canvas: what is drawn, from where it is looked at, and what is pointed at. */
export class Stage {
  readonly active = signal<number | null>(null);
  readonly scale = signal(1);
  #shape: Shape = { nodes: [], edges: [] };
  #links: Links = { parents: [], children: [] };
  #layout: Layout | null = null;
  #view: View = { x: 0, y: 0, scale: 1 };
  #screen: Size = { width: 0, height: 0 };
  #only: JobState | null = null;
  #palette: Palette;
  #frame = 0;
  /** Nobody has moved it yet: then it is fitted again when its room changes. */
  #untouched = true;
  readonly #painter: Painter | null;

  constructor(private readonly canvas: HTMLCanvasElement) {
    // Thousands of short lines are drawn faster by the processor, and far faster where the graphics card is emulated.
    const context = canvas.getContext('2d', { willReadFrequently: true });
    this.#palette = paletteOf(canvas);
    this.#painter = context === null ? null : new Painter(context, () => this.#palette);
  }

  get screen(): Size {
    return this.#screen;
  }

  show(shape: Shape, layout: Layout): void {
    if (this.#shape.edges !== shape.edges) {
      this.#links = linksOf(shape);
    }
    this.#shape = shape;
    const first = this.#layout !== layout;
    this.#layout = layout;
    if (first && this.#untouched) {
      this.fit();
    }
    this.redraw();
  }

  resize(): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const ratio = window.devicePixelRatio;
    this.#screen = { width, height };
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    if (this.#untouched) {
      this.fit();
    }
    this.#draw();
  }

  retheme(): void {
    this.#palette = paletteOf(this.canvas);
    this.redraw();
  }

  only(state: JobState | null): void {
    this.#only = state;
    this.redraw();
  }

  fit(): void {
    if (this.#layout !== null) {
      this.#look(fit(this.#layout, this.#screen));
      this.#untouched = true;
    }
  }

  pan(x: number, y: number): void {
    this.#look({ ...this.#view, x: this.#view.x + x, y: this.#view.y + y });
  }

  zoom(factor: number, x = this.#screen.width / 2, y = this.#screen.height / 2): void {
    this.#look(zoom(this.#view, factor, x, y));
  }

  point(at: number | null): void {
    if (this.active.peek() !== at) {
      this.active.value = at;
      this.redraw();
    }
  }

  /** The job at a point of the screen. */
  at(screenX: number, screenY: number): number | null {
    const layout = this.#layout;
    if (layout === null) {
      return null;
    }
    const x = (screenX - this.#view.x) / this.#view.scale;
    const y = (screenY - this.#view.y) / this.#view.scale;
    // What is tiny is hit from nearby, too.
    const room = Math.max(0, 3 / this.#view.scale - NODE.height / 2);
    const found = layout.x.findIndex(
      (middle, at) =>
        Math.abs(middle - x) <= NODE.width / 2 + room &&
        Math.abs((layout.y[at] ?? 0) - y) <= NODE.height / 2 + room,
    );
    return found < 0 ? null : found;
  }

  /** To the nearest job that way; from none, to the one nearest to the middle of the screen. */
  step(dx: number, dy: number): void {
    const layout = this.#layout;
    if (layout === null || layout.x.length === 0) {
      return;
    }
    const from = this.active.peek();
    const x =
      from === null ? (this.#screen.width / 2 - this.#view.x) / this.#view.scale : (layout.x[from] ?? 0);
    const y =
      from === null ? (this.#screen.height / 2 - this.#view.y) / this.#view.scale : (layout.y[from] ?? 0);
    let best: { at: number; cost: number } | null = null;
    for (let at = 0; at < layout.x.length; at += 1) {
      const [right, down] = [(layout.x[at] ?? 0) - x, (layout.y[at] ?? 0) - y];
      const along = right * dx + down * dy;
      const aside = Math.abs(right * dy) + Math.abs(down * dx);
      const cost = from === null ? Math.hypot(right, down) : along + aside * 2;
      if ((from === null || (at !== from && along > 1)) && (best === null || cost < best.cost)) {
        best = { at, cost };
      }
    }
    if (best !== null) {
      const to = best.at;
      this.point(to);
      this.#look(reveal(this.#view, this.#screen, layout.x[to] ?? 0, layout.y[to] ?? 0, 80));
    }
  }

  redraw(): void {
    if (this.#frame === 0) {
      this.#frame = requestAnimationFrame(() => this.#draw());
    }
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  #look(view: View): void {
    this.#view = view;
    this.#untouched = false;
    this.scale.value = view.scale;
    this.redraw();
  }

  #draw(): void {
    this.stop();
    if (this.#layout !== null) {
      this.#painter?.draw(
        {
          shape: this.#shape,
          layout: this.#layout,
          links: this.#links,
          view: this.#view,
          active: this.active.peek(),
          only: this.#only,
        },
        this.#screen,
        window.devicePixelRatio,
      );
    }
  }
}
