import type { ComponentChildren } from 'preact';
import type { ProblemError } from '../app/problem-error.js';
import { Card } from './card.js';
import { EmptyState, ErrorState, StaleNotice } from './empty.js';
import type { IconName } from './icon.js';
import { SkeletonRows } from './skeleton.js';

interface ListingProps<T> {
  /** Undefined until it has come. */
  readonly items: readonly T[] | undefined;
  readonly error: ProblemError | undefined;
  readonly retry: () => void;
  /** What stands there where there is nothing. */
  readonly none: { readonly icon: IconName; readonly title: string; readonly hint: string };
  /** The rows. */
  readonly children: (items: readonly T[]) => ComponentChildren;
}

/** A list on its way: that it loads, that it can't be had, that it is old, that there is nothing, or what is in it. */
export function Listing<T>({ items, error, retry, none, children }: ListingProps<T>) {
  return (
    <>
      {error !== undefined && items !== undefined && <StaleNotice error={error} retry={retry} />}
      <Card flush>
        {items === undefined ? (
          error === undefined ? (
            <SkeletonRows />
          ) : (
            <ErrorState error={error} retry={retry} />
          )
        ) : items.length === 0 ? (
          <EmptyState icon={none.icon} title={none.title}>
            {none.hint}
          </EmptyState>
        ) : (
          children(items)
        )}
      </Card>
    </>
  );
}
