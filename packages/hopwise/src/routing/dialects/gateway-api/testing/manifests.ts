/** Manifests as tests write them: the part under test spelled out, the rest filled in. */

export function gatewayClass(controller: string, name = 'any'): string {
  return `
---
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: ${name}}
spec: {controllerName: ${controller}}
`;
}

export function gateway(listeners: string, more = ''): string {
  return `
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: infra, creationTimestamp: '2026-01-01T00:00:00Z'}
spec:
  gatewayClassName: any
${more}
  listeners:
${indent(listeners, 2)}
`;
}

/** `kind/namespace/name@day`: the day is the creation day in January 2026. */
export function route(id: string, spec: string): string {
  const [, kind = '', namespace = '', name = '', day] = /^(\w+)\/([\w-]+)\/([\w-]+)(?:@(\d+))?$/.exec(id) ?? [];
  const version = kind === 'HTTPRoute' || kind === 'GRPCRoute' ? 'v1' : 'v1alpha2';
  const created = day === undefined ? '' : `, creationTimestamp: '2026-01-${day.padStart(2, '0')}T00:00:00Z'`;
  return `
---
apiVersion: gateway.networking.k8s.io/${version}
kind: ${kind}
metadata: {name: ${name}, namespace: ${namespace}${created}}
spec:
${spec.includes('parentRefs') ? '' : '  parentRefs: [{name: edge, namespace: infra}]'}
${indent(spec, 2)}
`;
}

export function namespaceWith(name: string, labels: string): string {
  return `\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}, uid: ${name}, labels: ${labels}}\n`;
}

export function service(id: string, ports: string, more = ''): string {
  const [namespace, name] = id.split('/');
  return `\n---\napiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec:\n  ports: ${ports}\n${more}`;
}

function indent(text: string, by: number): string {
  const lines = text.replace(/^\n+/, '').trimEnd().split('\n');
  const margin = Math.min(
    ...lines.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length),
  );
  return lines.map((line) => ' '.repeat(by) + line.slice(margin)).join('\n');
}
