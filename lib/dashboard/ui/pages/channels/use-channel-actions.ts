import type { ChannelProperties, ChannelView } from '../../../api/channels.api.js';
import { useApp, useTexts } from '../../app/app-context.js';

export type Changes = Partial<ChannelProperties>;

export interface ChannelActions {
  /** Pauses, after a question, or resumes; a refusal is shown, and takes it back. */
  readonly toggle: (channel: ChannelView) => Promise<void>;
  /** To pause is asked first: false where the answer is no. Throws what the server says against it. */
  readonly change: (channel: ChannelView, changes: Changes) => Promise<boolean>;
  /** Back to what the code says, after a question. Answers whether it was done. */
  readonly reset: (channel: ChannelView) => Promise<boolean>;
}

/**
 * What can be done to a channel, each with its question, its toast and its undo.
 *
 * @param send throws what the server says against a change
 * @param put takes the channel as it is after a reset
 */
export function useChannelActions(
  send: (name: string, changes: Changes) => Promise<void>,
  put: (answer: ChannelView) => void,
): ChannelActions {
  const { api, toasts, dialogs } = useApp();
  const { t } = useTexts();
  const set = async (name: string, paused: boolean, { undo }: { undo: boolean }): Promise<void> => {
    try {
      await send(name, { paused });
      const text = t(paused ? 'channels.pausedNow' : 'channels.resumedNow', { name });
      const back = { label: t('common.undo'), run: () => void set(name, !paused, { undo: false }) };
      toasts.show('good', text, undo ? back : undefined);
    } catch (cause) {
      toasts.show('bad', `${name}: ${(cause as Error).message}`);
    }
  };
  const mayPause = ({ name, waiting }: ChannelView): Promise<boolean> =>
    dialogs.confirm({
      title: t('channels.pauseTitle', { name }),
      body: t('channels.pauseBody', { n: waiting }),
      yes: t('channels.pauseYes'),
    });
  return {
    change: async (channel, changes) => {
      if (changes.paused === true && !(await mayPause(channel))) {
        return false;
      }
      await send(channel.name, changes);
      return true;
    },
    toggle: async (channel) => {
      const { name, paused } = channel;
      if (paused || (await mayPause(channel))) {
        await set(name, !paused, { undo: true });
      }
    },
    reset: async ({ name }) => {
      const title = t('channels.resetTitle');
      if (!(await dialogs.confirm({ title, body: name, yes: t('channels.backToCode') }))) {
        return false;
      }
      try {
        put(await api.resetChannel(name));
        toasts.show('good', t('channels.resetDone', { name }));
        return true;
      } catch (cause) {
        toasts.show('bad', `${name}: ${(cause as Error).message}`);
        return false;
      }
    },
  };
}
