import type { EventRule } from '../event-rule.ts';

/** Workers, memory, pools and queues that ran out. */
export const RESOURCES: readonly EventRule[] = [
  {
    event: 'worker-killed',
    needles: [
      'worker timeout',
      'was sent sig',
      'harakiri',
      'terminating timed out worker',
      'was terminated due to signal',
    ],
    pattern:
      /WORKER TIMEOUT \(pid:\d{1,9}\)|Worker \(pid:\d{1,9}\) was sent SIG|HARAKIRI|[Tt]erminating timed out worker|was terminated due to signal/,
  },
  // a worker that dies by itself, as its supervisor tells it (PHP-FPM, Apache httpd, uWSGI, NGINX Unit)
  {
    event: 'crash',
    needles: ['signal'],
    pattern:
      /\bexited on signal (?:4|6|7|8|11)\b|\bexit signal (?:Segmentation fault|Aborted|Bus error|Illegal instruction)|died, killed by signal (?:4|6|7|8|11)\b/,
  },
  {
    event: 'worker-killed',
    needles: ['execution timed out (', 'killing'],
    pattern: /execution timed out \([^)]{1,20}\), terminating|worker=\d{1,4} PID:\d{1,9} timeout/,
  },
  {
    event: 'out-of-memory',
    needles: [
      'java.lang.outofmemoryerror',
      'javascript heap out of memory',
      'runtime: out of memory',
      'std::bad_alloc',
      'out of memory: kill',
      'cannot allocate memory',
      'bytes exhausted (tried',
    ],
  },
  { event: 'out-of-memory', needles: ['memoryerror'], pattern: /(?:^|: )MemoryError\b/ },
  {
    event: 'pool-exhausted',
    needles: [
      'connection is not available, request timed out after',
      'queuepool limit of size',
      'resourcerequest timed out',
      'timeout acquiring a connection',
      'timeout exceeded when trying to connect',
      'pool is probably full',
      'pool is full',
      'pool is exhausted',
      'pool exhausted',
      'rejectedexecutionexception',
      'sorry, too many clients already',
      'remaining connection slots are reserved',
      'too many connections',
      'reached pm.max_children',
      'reached maxrequestworkers',
      'timeout waiting for connection from pool',
      'too many open files',
      // JVM: Commons Pool and Jedis, c3p0, Reactor Netty; threads
      'timeout waiting for idle object',
      'could not get a resource from the pool',
      'attempt by a client to checkout a connection has timed out',
      'pool#acquire(duration) has been pending',
      'pending acquire queue has reached its maximum size',
      'unable to create new native thread',
      'unable to create native thread',
      // Prisma, Sequelize, MongoDB drivers, Active Record, .NET, Go
      'timed out fetching a new connection from the connection pool',
      'connectionacquiretimeouterror',
      'waitqueuetimeout',
      'timed out while checking out a connection',
      'could not obtain a connection from the pool',
      'obtaining a connection from the pool',
      'connection pool has been exhausted',
      'connection pool timeout',
      'thread pool starvation',
      'max_user_connections',
    ],
    // urllib3 says so when it closes a connection it has no room to keep: no request waits for it
    unless: /discarding connection/i,
  },
  // a process that serves all requests on one thread, and that thread held up (Node, Vert.x, asyncio)
  {
    event: 'pool-exhausted',
    needles: ['event loop', 'eventloop'],
    pattern:
      /\bevent[ -]?loop (?:lag|delay|is blocked|blocked|latency)\D{0,20}(?:\d{4,9}(?:\.\d{1,6})? ?ms|\d{1,5}(?:\.\d{1,6})? ?s\b)|eventloop-thread\S{0,20} has been blocked for \d{4,9} ms/i,
  },
  {
    event: 'pool-exhausted',
    needles: ['currently busy', 'threads'],
    pattern: /\ball threads \(\d{1,6}\) are currently busy|\bmaximum number of threads \(\d{1,6}\) created/i,
  },
  {
    event: 'pool-exhausted',
    needles: ['no free ', 'no idle ', 'no available ', 'busy'],
    pattern:
      /\bno (?:free|idle|available) (?:connections?|workers?|threads?)\b|\ball (?:\d{1,6} )?(?:workers|threads) (?:are )?busy/i,
  },
  {
    event: 'pool-exhausted',
    needles: ['idle=0'],
    pattern: /\bidle=0\b.{0,20}\b(?:waiting|pending|queued|threadsAwaitingConnection)=[1-9]/i,
  },
  {
    event: 'queue-full',
    needles: ['queue', 'backlog', 'bulkhead'],
    pattern:
      /listen queue of socket .{1,80}full|\b(?:accept|request|task|work|job) queue (?:is )?full|\bqueue is full|backlog (?:is )?full|Task queue depth is \d|\bBulkhead '[^']{1,100}' is full\b/i,
  },
];
