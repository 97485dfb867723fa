import type { Stage } from './stage.js';

/** Moved less than this, it was a click. Pixels. */
const STILL = 4;

/** Pointers, wheel and keys of a stage. @returns Takes them back. */
export function listen(
  canvas: HTMLCanvasElement,
  stage: Stage,
  open: (at: number, away: boolean) => void,
): () => void {
  const until = new AbortController();
  const { signal } = until;
  const down = new Map<number, { x: number; y: number }>();
  let moved = 0;
  const place = (event: MouseEvent) => {
    const { left, top } = canvas.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };

  const press = (event: PointerEvent) => {
    if (event.button === 0) {
      canvas.setPointerCapture(event.pointerId);
      down.set(event.pointerId, place(event));
      moved = down.size === 1 ? 0 : STILL;
    }
  };
  const move = (event: PointerEvent) => {
    const now = place(event);
    const before = down.get(event.pointerId);
    if (before === undefined) {
      stage.point(stage.at(now.x, now.y));
      return;
    }
    const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
    moved += Math.abs(now.x - before.x) + Math.abs(now.y - before.y);
    if (moved >= STILL && other === undefined) {
      stage.pan(now.x - before.x, now.y - before.y);
    } else if (other !== undefined) {
      pinch(stage, before, now, other);
    }
    down.set(event.pointerId, now);
  };
  const release = (event: PointerEvent) => {
    const now = down.get(event.pointerId);
    down.delete(event.pointerId);
    const at = now === undefined || moved >= STILL ? null : stage.at(now.x, now.y);
    if (event.type === 'pointerup' && at !== null) {
      open(at, event.ctrlKey || event.metaKey);
    }
  };
  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    const { x, y } = place(event);
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : 24;
    // Two fingers on a touchpad come as a wheel with the control key, in small steps.
    const speed = event.ctrlKey ? 0.01 : 0.0016;
    stage.zoom(Math.exp(-event.deltaY * lines * speed), x, y);
  };
  const key = (event: KeyboardEvent) => {
    if (!event.ctrlKey && !event.metaKey && !event.altKey && pressed(event, stage, open)) {
      event.preventDefault();
    }
  };
  canvas.addEventListener('pointerdown', press, { signal });
  canvas.addEventListener('pointermove', move, { signal });
  canvas.addEventListener('pointerup', release, { signal });
  canvas.addEventListener('pointercancel', release, { signal });
  canvas.addEventListener('pointerleave', () => down.size === 0 && stage.point(null), { signal });
  canvas.addEventListener('wheel', wheel, { signal, passive: false });
  canvas.addEventListener('keydown', key, { signal });
  return () => until.abort();
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Around the finger that rests. */
function pinch(stage: Stage, before: Point, now: Point, other: Point): void {
  const apart = (one: Point) => Math.max(1, Math.hypot(one.x - other.x, one.y - other.y));
  stage.zoom(apart(now) / apart(before), other.x, other.y);
}

const WAYS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const PAN = 80;
const STEP = 1.3;

/** @returns Whether the key means something here. */
function pressed(event: KeyboardEvent, stage: Stage, open: (at: number, away: boolean) => void): boolean {
  const way = WAYS[event.key];
  const active = stage.active.peek();
  if (way !== undefined) {
    if (event.shiftKey) {
      stage.pan(-way[0] * PAN, -way[1] * PAN);
    } else {
      stage.step(way[0], way[1]);
    }
  } else if (event.key === '+' || event.key === '=') {
    stage.zoom(STEP);
  } else if (event.key === '-') {
    stage.zoom(1 / STEP);
  } else if (event.key === '0') {
    stage.fit();
  } else if (event.key === 'Escape' && active !== null) {
    stage.point(null);
  } else if (event.key === 'Enter' && active !== null) {
    open(active, false);
  } else {
    return false;
  }
  return true;
}
