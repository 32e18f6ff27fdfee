const PROGRAMS =
  /^(?:kubectl|oc|curl|hopwise|helm|echo|printf|dig|nslookup|openssl|aws|gcloud|az|istioctl|cilium|calicoctl|docker|crictl|nc|ss|ip|sysctl|systemctl|git|sh|bash)(?: |$)/;
const FLAG = / --?[A-Za-z]/;

/** A step of a fix is a shell command or a sentence: is this one to be pasted? */
export function isCommand(step: string): boolean {
  return PROGRAMS.test(step) || (/^[a-z./]/.test(step) && FLAG.test(step));
}
