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
    ],
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
    needles: ['queue', 'backlog'],
    pattern:
      /listen queue of socket .{1,80}full|\b(?:accept|request|task|work|job) queue (?:is )?full|\bqueue is full|backlog (?:is )?full|Task queue depth is \d/i,
  },
];
