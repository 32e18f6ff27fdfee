import { displayId, idOf, type ObjectId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Service } from '../model/kinds/service.ts';
import type { Workload } from '../model/kinds/workload.ts';
import type { Json, JsonObject } from '../sources/contract.ts';
import { configName, dnsSetupOf } from './dns/dns-setup.ts';

export interface DnsRepair {
  readonly summary: string;
  readonly patches: readonly {
    readonly object: ObjectId;
    readonly type: 'merge' | 'json';
    readonly patch: JsonObject | readonly Json[];
  }[];
}

/** The change that brings cluster DNS back, where the objects show it; undefined where only a look at its Pods can. */
export function repairDns(model: ClusterModel, blamed: ObjectId): DnsRepair | undefined {
  const object = model.object(blamed);
  if (object === undefined) return undefined;
  if (object.kind === 'Service') return repairService(model, object as Service);
  if (object.kind === 'Deployment') return repairScale(object as Workload);
  return object.kind === 'ConfigMap' ? repairForward(model, blamed) : undefined;
}

function repairScale(workload: Workload): DnsRepair | undefined {
  if (workload.replicas > 0) return undefined;
  return {
    summary: `Run two replicas of ${displayId(idOf(workload))} again`,
    patches: [{ object: idOf(workload), type: 'merge', patch: { spec: { replicas: 2 } } }],
  };
}

/** A selector that matches nothing while Pods of CoreDNS run beside it, or no UDP port. */
function repairService(model: ClusterModel, service: Service): DnsRepair | undefined {
  const name = displayId(idOf(service));
  const object = idOf(service);
  if (!service.ports.some((port) => port.port === 53 && port.protocol === 'UDP')) {
    const port: JsonObject = { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 };
    return {
      summary: `Give ${name} UDP port 53`,
      patches: [{ object, type: 'json', patch: [{ op: 'add', path: '/spec/ports/-', value: port }] }],
    };
  }
  const workload = [
    ...model.listIn('Deployment', service.namespace),
    ...model.listIn('DaemonSet', service.namespace),
  ].find(({ template }) =>
    template.spec.containers.some(({ image }) => /\/coredns[:@]|\/k8s-dns-kube-dns|^coredns\//.test(image)),
  );
  const label = workload?.template.labels['k8s-app'];
  const matches = Object.entries(service.selector ?? {}).every(
    ([key, value]) => workload?.template.labels[key] === value,
  );
  if (workload === undefined || label === undefined || matches) return undefined;
  return {
    summary: `Select k8s-app=${label} in ${name}`,
    patches: [
      { object, type: 'json', patch: [{ op: 'replace', path: '/spec/selector', value: { 'k8s-app': label } }] },
    ],
  };
}

/** A forward to DNS's own address sends every outside name round in circles. */
function repairForward(model: ClusterModel, blamed: ObjectId): DnsRepair | undefined {
  const setup = dnsSetupOf(model);
  const text = setup.config?.data['Corefile'];
  if (setup.config === undefined || idOf(setup.config) !== blamed || text === undefined) return undefined;
  const own = setup.services.flatMap((service) => service.clusterIPs);
  const lines = text.split('\n');
  const at = lines.findIndex((line) => {
    const words = line.trim().split(/\s+/);
    return words[0] === 'forward' && words.slice(2).some((word) => own.includes(word.replace(/:53$/, '')));
  });
  if (at === -1)
    return {
      summary: `Let ${configName(setup)} forward to a resolver that is not the node's own stub (127.0.0.53)`,
      patches: [],
    };
  const line = lines[at] ?? '';
  const words = line.trim().split(/\s+/);
  const indent = line.slice(0, line.length - line.trimStart().length);
  lines[at] = `${indent}${words[0]} ${words[1]} /etc/resolv.conf${line.trimEnd().endsWith('{') ? ' {' : ''}`;
  return {
    summary: `Forward to the node's resolver instead of itself in ${configName(setup)}`,
    patches: [
      { object: blamed, type: 'json', patch: [{ op: 'replace', path: '/data/Corefile', value: lines.join('\n') }] },
    ],
  };
}
