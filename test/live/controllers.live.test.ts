import { expect, it } from 'vitest';
import { describeLive } from './describe-live.ts';

describeLive('controllers', { controllers: true }, (controlPlane) => {
  it('make a Deployment Ready, with endpoints of its Service', async () => {
    const { kubectl } = controlPlane();
    await kubectl(['create', 'deployment', 'web', '--image=registry.example/web:1', '--replicas=2', '--port=8080']);
    await kubectl(['expose', 'deployment', 'web', '--port=80', '--target-port=8080']);
    await kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']);
    await kubectl([
      'wait',
      '--for=jsonpath={.endpoints[1].conditions.ready}=true',
      'endpointslice',
      '-l',
      'kubernetes.io/service-name=web',
      '--timeout=60s',
    ]);
    const { items } = JSON.parse(await kubectl(['get', 'pods', '-l', 'app=web', '-o', 'json']));
    expect(items).toHaveLength(2);
    for (const { status } of items)
      expect(status).toMatchObject({ phase: 'Running', podIP: expect.stringMatching(/^10\.244\./) });
  });

  it('show a Pod whose image cannot be pulled, and one whose probe fails', async () => {
    const { kubectl } = controlPlane();
    await kubectl(['create', 'deployment', 'no-image', '--image=unreachable.invalid/web:1']);
    await kubectl(['create', 'deployment', 'unready', '--image=registry.example/web:1', '--replicas=0']);
    const annotation = {
      spec: { replicas: 1, template: { metadata: { annotations: { 'hopwise.test/ready': 'false' } } } },
    };
    await kubectl(['patch', 'deployment', 'unready', '-p', JSON.stringify(annotation)]);
    await kubectl([
      'wait',
      '--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=ErrImagePull',
      'pod',
      '-l',
      'app=no-image',
      '--timeout=60s',
    ]);
    await kubectl([
      'wait',
      '--for=jsonpath={.status.containerStatuses[0].ready}=false',
      'pod',
      '-l',
      'app=unready',
      '--timeout=60s',
    ]);
    expect(await kubectl(['get', 'pods', '-l', 'app=unready', '-o', 'jsonpath={.items[0].status.phase}'])).toBe(
      'Running',
    );
  });

  it('serve logs of Pods on played nodes', async () => {
    const answer = await controlPlane().tryKubectl(['logs', 'deployment/unready']);
    expect(answer.stderr).toContain('not found');
    expect(controlPlane().kubelet.requests).toHaveLength(1);
  });
});
