import { DemoQueue } from './demo-queue.js';
import { answerHere } from './answer-here.js';

// Before the page itself, which begins after this: it asks a queue that lives in this tab alone.
const queue = new DemoQueue();
answerHere(queue);
queue.start();
