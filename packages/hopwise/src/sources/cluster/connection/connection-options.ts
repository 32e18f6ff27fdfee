/** What the command line says about the cluster, in kubectl's words. */
export interface ConnectionOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly cluster?: string;
  readonly user?: string;
  readonly namespace?: string;
  readonly server?: string;
  readonly token?: string;
  readonly certificateAuthority?: string;
  readonly clientCertificate?: string;
  readonly clientKey?: string;
  readonly tlsServerName?: string;
  readonly insecureSkipTlsVerify?: boolean;
  /** kubectl's --as, --as-group and --as-uid. */
  readonly impersonate?: string;
  readonly impersonateGroups?: readonly string[];
  readonly impersonateUid?: string;
  /** Milliseconds; default 15,000. */
  readonly requestTimeoutMs?: number;
}
