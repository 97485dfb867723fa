/** SQL for what every payload of seeded jobs is, where `g` counts them. */
export const SEED_PAYLOAD = `json_build_object('order', g, 'note', repeat('x', 100), 'sent', 0)`;

/** The note of payloads made in Node: as long as that of the seeded ones. */
export const NOTE = 'x'.repeat(100);
