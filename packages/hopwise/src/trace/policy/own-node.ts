import type { Side } from './side.ts';

/** Is the peer the node that the Pod itself runs on? */
export function localPeer({ peer, subject }: Side): boolean {
  if (peer.kind !== 'address' || subject.nodeName === undefined) return false;
  return peer.node?.name === subject.nodeName || peer.hostPod?.nodeName === subject.nodeName;
}
