import { shellQuote } from '../base/shell-quote.ts';
import type { Flags, Invocation } from './invocation.ts';
import { UsageError } from './usage-error.ts';

/** Built-in kinds that decide what a request meets; one that is missing would make kubectl refuse them all. */
const KINDS = [
  'namespaces',
  'nodes',
  'pods',
  'services',
  'endpointslices',
  'ingresses',
  'ingressclasses',
  'networkpolicies',
  'deployments',
  'replicasets',
  'statefulsets',
  'daemonsets',
  'jobs',
  'horizontalpodautoscalers',
  'configmaps',
  'events',
];
const GATEWAY_KINDS = ['gatewayclasses', 'gateways', 'httproutes', 'grpcroutes', 'referencegrants'];

/** Without --from there is nothing to read yet: how to take a capture by hand. */
export function noSourceError({ command, argument, flags }: Invocation, program: string): UsageError {
  const kubectl = ['kubectl', ...pass(flags, 'context'), ...pass(flags, 'kubeconfig')].join(' ');
  const again = [
    program,
    command.name,
    ...(argument === undefined ? [] : [shellQuote(argument)]),
    '--from incident',
  ].join(' ');
  return new UsageError(
    'this version does not read live clusters yet: give it --from PATH (or --from - for stdin)',
    'Take a capture with kubectl, then ask again:',
    '  mkdir incident',
    `  ${kubectl} get ${KINDS.join(',')} -A -o yaml > incident/cluster.yaml`,
    `  ${again}`,
    'Where Gateway API is installed, add:',
    `  ${kubectl} get ${GATEWAY_KINDS.join(',')} -A -o yaml > incident/gateway-api.yaml`,
    'Logs and the response make the answer surer:',
    '  mkdir -p incident/logs/NAMESPACE/POD',
    `  ${kubectl} logs -n NAMESPACE POD -c CONTAINER > incident/logs/NAMESPACE/POD/CONTAINER.log`,
    `  curl -si ${argument === undefined ? 'URL' : shellQuote(argument)} > incident/response.txt`,
  );
}

function pass(flags: Flags, name: 'context' | 'kubeconfig'): string[] {
  const value = flags.get(name);
  return value === undefined ? [] : [`--${name}`, shellQuote(value)];
}
