/**
 * The demonstration: a hub of its own with two companies' identity providers before it and an application behind it, all
 * on this machine and gone when it ends. It owns the invented people and the simulated servers; what the hub does it leaves
 * to the hub, which it starts as `main` does and administers as anybody would, over HTTP.
 */
export { announcement } from './announcement.ts';
export { type Company, type Person, PASSWORD, castOf } from './cast.ts';
export { type Demo, type DemoOptions, startDemo } from './demo.ts';
