// A Service's selector matches no Pod although a workload was plainly written for it: a label was renamed or mistyped on one
// of the two sides. The Service then has no endpoints, and the gateway answers 503 (some 502 or 504) without asking a Pod.
import { displayId, idOf } from '../../../base/object-id.ts';
import { shellQuote } from '../../../base/shell-quote.ts';
import { citeField } from '../../../model/cite.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { Service } from '../../../model/kinds/service.ts';
import type { Labels } from '../../../model/meta.ts';
import type { RouteBackend } from '../../../routing/route-table.ts';
import { citeDrift, citeElsewhere, isKnown } from '../../../trace/intent/drift-evidence.ts';
import { judgeDrift } from '../../../trace/intent/drift-side.ts';
import { type Meant, matchingMakers, meantFor } from '../../../trace/intent/meant-workload.ts';
import { labelText, sawRunning } from '../../../trace/intent/pod-makers.ts';
import { wantedSelector } from '../../../trace/intent/wanted-selector.ts';
import { brokenPaths, gradeVia, type Outage } from '../../../trace/lifecycle/outages.ts';
import type { Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Drifted extends Fact {
  readonly outage: Outage;
  readonly service: Service;
  readonly meant: Meant | undefined;
  readonly side: 'service' | 'workload';
}

export default defineCheck<Drifted>({
  cause: 'selector-matches-no-pods',
  reads: ['Service', 'Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController'],
  since: '0.1.0',
  explains: [
    'no-ready-endpoints',
    'endpoint-port-missing',
    'named-port-not-found',
    'stale-endpoints',
    'readiness-probe-failing',
    'crash-loop',
    'app-returned-error',
    'upstream-timeout',
  ],
  *find(world) {
    for (const outage of brokenPaths(world)) {
      const { service, path } = outage;
      const { selector } = service;
      const { narrowed } = path.ref;
      if (selector === undefined || Object.keys(selector).length === 0 || path.selected.length > 0) continue;
      if (!world.model.manifestsOnly && !sawRunning(world.model, path, service.namespace)) continue;
      // A workload that matches but has no Pods is at zero or blocked: other causes.
      if (matchingMakers(world.model, service).length > 0) continue;
      const meant = meantFor(world.model, service);
      // Manifests may be only a part of what is installed.
      if (meant === undefined && world.model.manifestsOnly) continue;
      const verdict = meant === undefined ? undefined : judgeDrift(world.model, service, meant);
      const side = narrowed === undefined ? (verdict?.side ?? 'service') : 'service';
      const evidence: Evidence[] = [
        citeSelection(world.model, service, narrowed),
        {
          type: 'absence',
          what: `Pods of ${service.namespace} with ${labelText(selector)}`,
          text: `no Pod of ${service.namespace} has ${labelText(selector)}`,
        },
        ...citeDrift(meant),
        ...(narrowed === undefined ? (verdict?.evidence ?? []) : []),
        ...citeElsewhere(world.model, service),
        ...(outage.via?.evidence ?? []),
      ];
      yield {
        object: side === 'workload' && meant !== undefined ? meant.maker.object : (narrowed?.object ?? idOf(service)),
        // Which side drifted shows only at the workload itself.
        certainty: gradeVia(
          outage,
          meant === undefined || !isKnown(meant) ? 'likely' : meant.clear ? 'proven' : 'strong',
        ),
        modes: outage.modes,
        partial: outage.partial,
        evidence,
        outage,
        service,
        meant,
        side,
      };
    }
  },
  describe({ object, outage, service, meant, side }) {
    const wrong =
      meant?.drift.map((drift) => `${drift.key}=${drift.wanted}`).join(', ') ?? labelText(service.selector ?? {});
    return {
      headline:
        side === 'workload'
          ? `Pods of ${displayId(object)} lack the label ${wrong}`
          : `${displayId(object)} selects ${wrong}, which no Pod has`,
      why: `No Pod matches the selector of ${displayId(idOf(service))}, so it has no endpoints to send requests to.`,
      chain: [
        meant === undefined
          ? `no Pod has ${wrong}`
          : `selector and labels of ${displayId(meant.maker.object)} differ in ${wrong}`,
        ...outage.ending,
      ],
    };
  },
  fix({ object, outage, service, meant, side }) {
    const { narrowed } = outage.path.ref;
    if (narrowed !== undefined)
      // Whether the labels, the Pods or the route's choice is wrong, no object says.
      return {
        summary: `Make ${narrowed.path} of ${displayId(object)} match Pods of ${displayId(idOf(service))}, deploy those, or send to another subset`,
        level: 'advice',
        patches: [],
        commands: [
          `kubectl get pods -n ${shellQuote(service.namespace)} -l ${shellQuote(labelText(withoutLabels(service.selector, narrowed.labels)))} --show-labels`,
        ],
      };
    if (meant === undefined) {
      const commands = [`kubectl get pods -n ${service.namespace} --show-labels`];
      return {
        summary: `Make the selector of ${displayId(object)} match the Pods it is for, or deploy them`,
        level: 'advice',
        patches: [],
        commands,
      };
    }
    if (side === 'workload') {
      const labels = Object.fromEntries(meant.drift.map((drift) => [drift.key, drift.wanted]));
      const fixed =
        meant.maker.workload?.selector.requirements.some((entry) => Object.hasOwn(labels, entry.key)) === true;
      const spec = { template: { metadata: { labels } }, ...(fixed ? { selector: { matchLabels: labels } } : {}) };
      const note = fixed
        ? ['the selector of a workload is immutable: delete and recreate it (kubectl replace --force)']
        : [];
      return {
        summary: `Label the Pods of ${displayId(object)} ${labelText(labels)}`,
        level: 'review',
        patches: [{ object, type: 'merge', patch: { spec } }],
        commands: note,
      };
    }
    const selector = wantedSelector(meant);
    return {
      summary: `Make ${displayId(object)} select ${labelText(selector.after)}`,
      level: 'review',
      patches: [{ object, type: 'merge', patch: { spec: { selector: selector.patch } } }],
      commands: [],
    };
  },
  prove: ({ service }) => [
    {
      command: `kubectl get pods -n ${service.namespace} -l '${labelText(service.selector ?? {})}'`,
      expect: 'No resources found',
    },
  ],
});

/** The selector, or the part of it that the route adds. */
function citeSelection(model: ClusterModel, service: Service, narrowed: RouteBackend['narrowed']): Evidence {
  const holder = narrowed === undefined ? service : model.object(narrowed.object);
  const labels = labelText(narrowed?.labels ?? service.selector ?? {});
  if (narrowed === undefined || holder === undefined)
    return citeField(service, 'spec.selector', `the selector is ${labels}`, labels);
  return citeField(
    holder,
    narrowed.path,
    `the subset takes the Pods of Service ${service.name} with ${labels}`,
    labels,
  );
}

function withoutLabels(all: Labels | undefined, some: Labels): Labels {
  return Object.fromEntries(Object.entries(all ?? {}).filter(([key]) => !Object.hasOwn(some, key)));
}
