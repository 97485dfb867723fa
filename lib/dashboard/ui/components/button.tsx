import type { ComponentChildren, JSX } from 'preact';
import './button.css';
import { Icon, type IconName } from './icon.js';

type Native = Omit<JSX.IntrinsicElements['button'], 'icon' | 'label' | 'size' | 'children' | 'class'>;

export interface ButtonProps extends Native {
  readonly kind?: 'plain' | 'primary' | 'danger' | 'ghost';
  readonly size?: 's' | 'm';
  readonly icon?: IconName;
  /** Under way: it can't be pressed, and says so. */
  readonly busy?: boolean;
  readonly children: ComponentChildren;
}

export function Button({ kind = 'plain', size = 'm', icon, busy = false, children, ...rest }: ButtonProps) {
  const shown = busy ? 'started' : icon;
  return (
    <button
      type="button"
      {...rest}
      class={`button button-${kind} button-${size}`}
      disabled={busy || rest.disabled === true}
      aria-busy={busy}
    >
      {shown !== undefined && <Icon name={shown} size={size === 's' ? 14 : 16} />}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Native {
  readonly icon: IconName;
  /** What it does: read aloud, and shown when pointed at. */
  readonly label: string;
  readonly size?: 's' | 'm';
}

export function IconButton({ icon, label, size = 'm', ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      class={`button button-ghost button-${size} button-icon`}
      aria-label={label}
      data-tip={label}
    >
      <Icon name={icon} size={size === 's' ? 14 : 16} />
    </button>
  );
}
