import { idOf } from '../../../base/object-id.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import { byDefault } from '../../envoy.ts';
import type { EffectiveSettings, Setting } from '../../route-table.ts';
import type { ProtocolChooser } from './implementation.ts';
import { specifiedProtocol } from './protocol.ts';

/*
 * Cilium's own settings are keys of the ConfigMap cilium-config, which the chart writes beside the agent
 * (install/kubernetes/cilium/templates/cilium-configmap.yaml).
 */

/** cilium operator/pkg/model/translation/cec_translator.go and envoy_cluster.go. */
export function ciliumDefaults(model: ClusterModel): EffectiveSettings {
  const idle = configValue(model, 'proxy-idle-timeout-seconds');
  const seconds = idle === undefined ? Number.NaN : Number(idle.value);
  return {
    // cilium/cilium#31514: route timeouts are switched off.
    requestTimeout: byDefault(0, 'Cilium: no route timeout since 1.15.4'),
    connectTimeout: byDefault(5000, 'Cilium withConnectionTimeout(5)'),
    upstreamIdleTimeout:
      idle !== undefined && seconds > 0
        ? { value: seconds * 1000, from: idle.from }
        : byDefault(60_000, 'Cilium proxy-idle-timeout-seconds'),
    websocket: byDefault(true, 'Cilium: websocket upgrades are on'),
  };
}

/**
 * HTTP/2 for GRPCRoute backends. For the others appProtocol counts only with `enable-gateway-api-app-protocol`, and then
 * everything but h2c is HTTP/1.1; without it the backend is spoken to as the client spoke (clusterMutators in
 * operator/pkg/model/translation/envoy_cluster.go).
 */
export const ciliumProtocol: ProtocolChooser = (model, route, target, tls) => {
  if (route.kind !== 'HTTPRoute') return specifiedProtocol(model, route, target, tls);
  const enabled = configValue(model, 'enable-gateway-api-app-protocol');
  if (enabled?.value === 'true') return specifiedProtocol(model, route, target, tls);
  if (enabled === undefined && !hasConfig(model)) return undefined;
  return byDefault('auto', 'Cilium: the client’s protocol, as enable-gateway-api-app-protocol is off');
};

function hasConfig(model: ClusterModel): boolean {
  return model.named('ConfigMap', 'cilium-config').length > 0;
}

function configValue(model: ClusterModel, key: string): Setting<string> | undefined {
  for (const map of model.named('ConfigMap', 'cilium-config')) {
    const value = Object.hasOwn(map.data, key) ? map.data[key] : undefined;
    if (value === undefined) continue;
    return { value, from: { kind: 'field', object: idOf(map), path: `data.${key}` } };
  }
  return undefined;
}
