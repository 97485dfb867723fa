/** Pixels of the screen are pixels of the graph times `scale`, moved by `x` and `y`. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const SMALLEST = 0.01;
const LARGEST = 2.5;
const MARGIN = 24;

/** All of the graph, in the middle, no larger than it is. */
export function fit(graph: Size, screen: Size): View {
  const scale = Math.max(
    SMALLEST,
    Math.min(
      1,
      (screen.width - 2 * MARGIN) / Math.max(1, graph.width),
      (screen.height - 2 * MARGIN) / Math.max(1, graph.height),
    ),
  );
  return {
    scale,
    x: (screen.width - graph.width * scale) / 2,
    y: (screen.height - graph.height * scale) / 2,
  };
}

/** Larger or smaller; the point of the screen stays where it is. */
export function zoom(view: View, factor: number, x: number, y: number): View {
  const scale = Math.min(LARGEST, Math.max(SMALLEST, view.scale * factor));
  const ratio = scale / view.scale;
  return { scale, x: x - (x - view.x) * ratio, y: y - (y - view.y) * ratio };
}

/** Moved just so far that the point of the graph is seen. */
export function reveal(view: View, screen: Size, x: number, y: number, room: number): View {
  const [left, top] = [x * view.scale + view.x, y * view.scale + view.y];
  const into = (at: number, end: number) => (at < room ? room - at : at > end - room ? end - room - at : 0);
  return { ...view, x: view.x + into(left, screen.width), y: view.y + into(top, screen.height) };
}
