import './skeleton.css';

/** The place of what is still being read. */
export function Skeleton({ width = '100%', height = '1rem' }: { width?: string; height?: string }) {
  return <span class="skeleton" style={{ width, height }} aria-hidden="true" />;
}

/** The place of this many rows. */
export function SkeletonRows({ rows = 8 }: { rows?: number }) {
  return (
    <div class="skeleton-rows" aria-hidden="true">
      {Array.from({ length: rows }, (_, index) => (
        <div class="skeleton-row" key={index}>
          <Skeleton width="1rem" />
          <Skeleton width={`${28 + ((index * 37) % 34)}%`} />
          <Skeleton width="5rem" />
          <Skeleton width="4rem" />
        </div>
      ))}
    </div>
  );
}
