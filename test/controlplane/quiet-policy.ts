import type { ApiClient } from './api-client.ts';

const NAME = 'hopwise-test-no-events-of-the-api-server';

/**
 * The API server itself notices Services it never gave a cluster IP or node port to, as loaded ones are, and writes Warning
 * events about them (k8s.io/kubernetes pkg/registry/core/service/ipallocator/controller/repairip.go). A capture must not
 * gain events, so they are refused.
 */
export async function createQuietPolicy(api: ApiClient): Promise<void> {
  const group = 'admissionregistration.k8s.io/v1';
  const policy = {
    apiVersion: group,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: NAME },
    spec: {
      failurePolicy: 'Ignore',
      matchConstraints: {
        resourceRules: [
          { apiGroups: ['', 'events.k8s.io'], apiVersions: ['*'], operations: ['CREATE'], resources: ['events'] },
        ],
      },
      validations: [{ expression: 'request.userInfo.username != "system:apiserver"' }],
    },
  };
  const binding = {
    apiVersion: group,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: NAME },
    spec: { policyName: NAME, validationActions: ['Deny'] },
  };
  for (const [resource, object] of [
    ['validatingadmissionpolicies', policy],
    ['validatingadmissionpolicybindings', binding],
  ] as const) {
    const answer = await api.send('POST', `/apis/${group}/${resource}`, object);
    if (answer.status >= 300) throw new Error(`the policy against events was refused: ${answer.body}`);
  }
}
