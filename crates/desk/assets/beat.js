// A clock in a worker: browsers slow down the timers of pages in the background, and an offer that
// nobody hears or a desk that seems gone is a child who waits. It only ticks.
setInterval(() => postMessage('tick'), 1000);
