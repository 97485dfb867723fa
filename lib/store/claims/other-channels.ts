/** In the place of a channel: all those that a node does not list. */
export const OTHER_CHANNELS = '*';
