/*
 * Words that say nothing about who runs a cluster: those of Kubernetes, of proxies and their logs, of HTTP and of plain
 * technical English, among them every word that hopwise's own readers look for. A name made of these stays as it is, and so
 * does the meaning of a log line in which one of them happens to be the name of somebody's Service too.
 */
const WORDS = `
abnormally abort aborted abortonclose about above absence absent accept accepted accepting accepts access accessdenied
account accounts ack acl acquire acquiring action active activerecord acts add added addedorupdated
addedorupdatedwitherror addr address addresses adds admin administrator admission admissionregistration admit admits
admitted advanced aeiou affinity africa after again age agent agents agic ailed aio ajp aks alb alert alformed
algorithm alias aliases alive all alloc allocate allocation allow allowed allowlist allows almost alone alpha alpine
alpn already alreadyexists also alt alternative alternatives although altname always amazon amazonaws ambassador
ambient america among amqp ancestor ancestors anchor anchored and android anetd annot annotation annotations announced
anonymous another answer answered answers antrea any anywhere apache api apidiscovery apiextensions apis apiserver
apisix app appgw apple application applicationgatewaysclient applied applies apply applying apps apr archive are argo
argocd argoproj args arithmetic arn arpa array asctime asia ask asked asks aspnetcore assertion assets assign assumed
async asyncrequestnotusableexception atom attach attached attaches attack attempt attempts attr attributes audit aug
auth authenticate authenticated authentication authn authority authorization authorizationfailed authorize authorized
authorizes authz auto autopath autoreload autoscaler autoscaling available await awaiting aware away aws awselb azure
azureloadbalancer back backend backends background backlog backoff backslash backup bad badreq balance balanced
balancer balancers balancing banner bare base based baseline bash basic batch bearer because becomes been before began
begin behavior behind being belonged belongs below beneath beside beta between beyond big binary bind binding bitnami
bkmg blackbox blob block blocked blocklist blocks blog blue body bogus bool boolean boot both bound box brace braces
branches break breaker breakers broken broker brotli browser bucket budget budgets buffer buffering buffers bufsize
bug build builder bulkhead bundle bunzip burst bus busy but byte bytes bzip cache caches caching caddy calico call
called caller callers calling calm came can canal canary cancel canceled cancell cancelled candidates cani cannot
capture carry case cat catch caught cause caused cdn center central cert certain certif certificate certificates
certification certresolver certs cgi chain chains challenge change changes channel character chart charts chash
chashsubset check checker checking checks children chrome chroot chunk chunked chunks cid cidr cidrs cilium cipher
ciphers circles circuit cite claim claims class classes cleanly clf client clientabortexception clientdisconnected
clientip clients clone close closed closes closing cloud cloudflare cloudflared cluster clusterdown clusterset
clusterwide cmd cname cni cnrm cns code codes collect collected collecting collection collector com combination
combined comes command commands commit common compact compared comparison compile compiled complains complaint
complaints complete completed completely completion component compressed compression compute concat concurrent
condition conditional conditions conf config configmap configmaps configuration configurations configured conflict
conflicted conn connect connected connecting connection connectionacquiretimeouterror connections connects
connecttimeout connecttimeouterror connecttimeoutexception conns console const constructor consul contain container
containerd containers contains content context continue contour contract control controller controllers convert cookie
core coredns corefile coreos correct correlation corrupt corrupted corruption cors could couldn count counts cover
coverage covers cpu crash crashes crd create created createorupdate creating creation credential credentials crit
critical cron cronjobs cross crossplane crs crt crypto css ctrl culprit curl current currently curve custom
customization cut cycle daemon daemonset daemonsets damaged dashboard data database datadog dataloss dataset date
datetime dbg dbug ddress deadline deadlineexceeded deadlock debug dec decide decides declare declared declares decode
deep deeper default deficient defined defines definition definitions degree delay delayed delegate delegates
delegation delete deleted deletion delivery demo denial denied denies denominator deny denylist dependencies
dependency depends deploy deployment deploymentconfigs deployments deprecated depth derive derived desc describes
description descriptors desired desktop dest destination destinationrules destinations destroy detached detail details
detected determine dev developer development dial dialect dialects dict dicts did didn died differ different differs
dig digest digitalocean direct direction directive directives directly directory disable disabled disagree discarding
disconnect disconnected disconnection discovery dispatching disruption dist distance django dnat dns dnssec dnstap doc
docker docs document documentation does doesn domain domains done dot dotnet double down download downstream dpanic
dpe drain draining drop dropped dsn due dumb dump dumped duplicate duplicated duration during dynamic eacces each
eaddrinuse eaddrnotavail eafa eafnosupport eai early east ecdh echo econn econnrefused econnreset ecret edge edit edns
effect egress egressfirewalls ehostunreach eight either eks elapsed elastic elasticloadbalancing elasticsearch elb
elbv element elements elifecycle else emerg emfile emissary empty enable enabled encoded encoding encodings end ended
endpoint endpoints endpointslice endpointslices ends enetunreach enforce engine enhance enodata enoent enotdir
enotfound enough ensure enters entities entityframework entrances entries entry entrypoints env envelope environment
envoy envoyproxy eof eofexception eperm epipe eportforward equal equired erefused erminating err errno error errored
errorinfo errors erver ervice escape escaped eservfail esockettimedout establish established etc etcd etimedout
etimeout europe evaluated event eventloop events ever every everywhere evidence ewma exact examine examined example
exceeded except excepted exception exceptions excess exchange exclude excluded excludes exec executable executing
execution exhausted exist existent existing exists exit exited exits expand expire expired expires expiry explain
export exported exporter exporting expose exposed express expression expressions ext extauth extends extension
extensions external externalname extra fabric facts fail failed failedprecondition failfast failing failover fails
failure failures fake fallthrough false families family fast fastapi fastcgi fatal fault faults fcgi features feb feff
fetching field fields fifo file filenotfound files filter filters find finds finished firefox firewall firewalls first
fit fits five fixed flag flags flannel flask flight float flow flows flux folder folders followed for forbidden
forbids force form format formats former forward forwarded forwarding forwardingtimeouts forwards found four fpm fqd
fqdn fraction frame frames framing frankenphp free fri from front frontend ftl fulfilled full function further gate
gates gateway gatewayclass gateways gather gathered gave gce gcp gcr gecko general generate generated generation
generator geoip gep get getaddresses getaddrinfo gets getting ghcr git github gitlab give given gives gke global gloo
gmt goaway goes goin going gone google goroutine got grace graceful gradio grafana grant granted grants green greeting
group groups grpc grpcs grpcurl guard guards gui guide gunicorn gunzip gwy gzip gzipped had handle handled handler
handlers handling hands handshake handshaking hang hapee haproxy haproxytech harakiri harbor hard hardened has hash
have hba head header headers headless health healthcheck healthy healthz heap heartbeat hello helm here heritage
hetzner hidden hide high higress hikari hold holds home hook hop hops hopwise horizontal horizontalpodautoscalers host
hostname hostnames hosts how hsts html http httpd httproute https httputil hub hubble human hung hutting iable icmp
icmps idempotent identities identity idle ids ies ignore ignored ignores ignoring illegal image images img impersonate
implementation implementations import imports inadequate inbound inc include included includes incoming incomplete
indentation index indexed inf infinite infinity influxdb info infrastructure ing ingress ingressclass ingresses
ingressnodefirewall ini init initial initialized initializing inject injected injection inner input insecure
insensitive inside inspect install installed instance instanceof instead instruction int intel intended intent
intercept interface interim intermediate intermittent internal interpreted interval into invalid invalidargument
invert involved ion ios ipip ipv ircuit irrelevant iso issing issue issuer istio item items iterable its itself iwef
jaeger jan janfebmaraprmayjunjulaugsepoctnovdec java javascript jdbc jenkins jetty jmx job jobs join json jsonl judge
judged jul jun jupyter jwt kafka keda keep keepalive keeps kept kernel kestrel key keycloak keyerror keys kgateway
kibana kill killed killing kin kind kindnet kindnetd kinds klog knex knob know known knows kong konghq kruise kube
kubeadm kubeconfig kubectl kubelet kubelets kubeproxy kubernetes kubernetescrd kubernetesingress kuma kustomization
kustomize label labelled labels lag lameduck lang large larger last latency later latest latin launched layer layout
lazy leads leaf learn lease leave leaving ledger left length less let letter level levelname levels library license
life lifecycle like likely likeness limit limited limiting limitranges limits line lines link linkerd linux list
listed listen listener listeners listening listens lists literal litespeed live liveness livez load loadbalance
loadbalancer loading local localdomain localhost locally locate location locations lock log logfmt logger logging
logical login loglevel logout logs loki long longer look looked looks lookup lookups loop loopback loser losers lost
low lower lua lvl machine macintosh macosx made main maint make maker makers makes malformed malloc managed management
manager manifest manifests manual many map mapping mar mariadb mark masked masq master match matched matchers matches
matching math max maxconn maximum maxrequestworkers may mean means meant measure measurement media medium members
memory memoryerror merge mesh message messages met meta metadata method methods metrics mgmt microsoft middle
middleware might millis milliseconds mime min minimal minimum minio minutes mirror mirrored mirrors misbehav
misbehaving miscellaneous mismatch misses missing mobile mode model modelled modern modes modifier modsecurity modules
moment mon mongo mongodb mongoservererror monitoring more most mount mounts move mozilla msec msg mtls multi
multiplier multisocket multus must mutating mutual mysql name named nameresolutionerror names nameservers namespace
namespaced namespaces narrowed narrowest native nats ndefined ndjson ndots ndpoints near nearest need needed needs neg
negotiate neither nested nesting net netd netpol nets netty network networking networkpolicies networkpolicy networks
never new next nexus nfcf nghttp nginx ngress ngx nine nitro noauth nobody node nodelocaldns nodename nodes
noendpoints non none nor normal noroutetohostexception north nosrv not note noted notes notfound nothing notice notin
nov now nowhere npc npgsql npm nset nsid null num number numbers numerator numeric nvalid nxdomain oauth object
objects observability observation observations observe observed obsolete obtain obtaining occurred ocsp oct oejs off
offered often oidc okhttp old older omitted once onds one onfig only onto oom opaque open opening openresty opens
opensearch openshift opentelemetry opentracing operation operator operators option optional options ora orchestrator
order org origin original otel other others otherwise otlp ould out outage outages outbound outcome outgoing
outofmemoryerror outofrange outside over overflow overload overloaded override ovn ovnkube owasp own owner owners
ownership owning packet page pair pairs panic panicked panics parallel parallelism param parameters params parent
parents parse parsed parsing part partial parts pass passed passenger passes passhostheader passing passthrough passw
passwd password patch patches path paths pattern pause paused payload pcns pcre pcsa peak peer peers pem pending per
peration percent percentage performing perhaps period perl permanent permission permissiondenied permissions
permissive permit permitted persistence persistent phase phases php phrases pick pid pieces ping pipe pkg pkix place
placeholder plain plaintext plane plausible plugin pnc pod poddisruptionbudgets podman pods point pointer points
policies policy pool port portal portforward ports position possible post postgres postgresql posting pprof pre
precedence predict preface prefer prefix prefixes preflight preload premature prematurely present preserve press prev
preview previous pri primary principal principals printf priority prisma private probably probe probed probes problem
problems process processed processes prod produced production profile progress project projectcalico projectcontour
projected prom prometheus promise properties proto protobuf protocol protocols proven provided provider providers prox
proxies proxy proxying proxyv public publish pull pulled puma punctuation purpose push put pwd python quantifier quay
queries query question queue queued queuepool queuesize quic quit quota quote quoted rabbitmq raceful raefik rails
raise rancher range ranges rank rate ratelimit rates ratio raw ray rbac rcode reach reached reaches reaching read
readable reader readiness reading readonly reads readtimeout readtimeouterror readv ready readyz reaker real realm
reason received receives recent recognise recognised reconcile reconfiguration reconfiguring record records recovered
recv redact redacted redirect redirection redirects redis ref refer reference referenced references referer referers
refers refs refusal refusals refuse refused refuses regarding regex regexp region registered registry regular reject
rejected rejectedexecutionexception rejects relation relative release reload reloaded reloading reloads remaining
remains remedy remote remotedisconnected remove removing render rendered renew renewed repeat replace replaced
replacements replica replicas replicaset replicasets replication replicationcontrollers reply report reporter
reporting req reqtime request requested requests required requirements requires res reserved reset resets resol
resolution resolv resolve resolved resolver resolvers resolves resource resourceexhausted resourcequota
resourcerequest resources resp respond responded responding response responseheadertimeout responses rest restart
restarted restarts restricts resty result resume retention retries retrieving retry retrying return returned returns
reuse reused revision rewrite rewrites rfcf rid ring risk rival rke rlse robin role rolled rolling rollout romana room
root rootfs round route routed router routes routines routing rpc rpm rps rror rst ruby rule rules ruling run running
runs runtime rust safari same samesite sampler san sand sasl sat satisfy save saved say says scalar scale scaled
scaling scan schedule scheduled scheduling schema scheme scope scoped scram scrape script sctp sdn search searches sec
second secondary seconds secret secrets section sections secure secured security seen segmentation select selection
selector selects self send sender sending sends sensitive sent sep seq sequelize serial series serve served server
servers serversscheme serverstransport serves servfail service serviceaccount serviceaccounts services serving
servname session sessionid sessions set sets setting settings settle setup seven several severe severity sha shadow
shake shall shape share shared shell short shorthand shorthands should shown shows shut shutdown shutting side sidecar
sig sign signal signature signed signin sigpipe sigs sigsegv sigterm sigwinch silent similar simple since single site
six size skaffold skip skipper skipping slash sleep slice slices slip slots slow small smashing smtp snapshot sni
sniff snippet snis sock socket sockets sockettimeoutexception solo some something sorry source sources south span
speak speaking speaks spec specific specified specify specs spoken spring sql sqlexception src ssh ssl
sslhandshakeexception stable stack stage staged staging stale stamp stand standard stands start started starting
starts startup starvation stat state stateful statefulset statefulsets static statsd status statuscode statusdetails
statuses statusruntimeexception stays std stderr stdin stdout sticky still stop stopp stopping stops storage store
strategic strategy strconv stream streamlit streams strict strictprefixmatching string strip strong stub style sub
subarray subdomain subdomains subject subnets subset subsets substring subsys succeeded success successful
successfully such suffix suitable sun super support supported sureness surge surroundings suspect suspected suspend
svc switch switches sync synced sys syscall syslog system table tag tags taint taints take taken takes taking tar
target targetgroup targets task tcp team telemetry tells temp template tempo temporal temporarily temporary ten term
terminat terminate terminated terminating termination test text texts than that the their them then there these they
third this those though thread threads three threshold thresholds threw throttled through throw throwing thu ticket
tickets tier time timed timeout timeouts times timestamp timing timings tini title tls tmp tmpl token tokens told
tolerate tomcat toml too took tools topic topology total trac trace traceback tracing track traefik traffic trailer
trailers trailing traits transaction transcript transfer transformations transformers transient transition translate
translation transport trap trc tree tried tries triggers trouble troubles troubleshoot troubleshooting true truncated
trust trusted try trying tsig ttl tue tunnel twice two txt type types typo uaddr uaex ubi ubuntu udp uest uid ulen
umsdr unable unattached unauthenticated unauthorized unauthorizedoperation unavailable unbalanced unbound unbounded
uncaught uncaughtexception unclaimed unclear uncompressing undefined under underscores understood undertow unescaped
unexpected unexplained unfollowed ungranted unhandled unhandledpromiserejection unhandledrejection unhealthy
unimplemented unit unix unknown unknownhostexception unless unmanaged unmarshal unpack unpacks unprivileged
unreachable unread unreadable unready unrecognized unrendered unresolved unsafe unschedulable unscheduled unseen unset
unsupported unsure until untrusted unusable unxz unzip unzstd upaddr upbound update updated updatedwitherror upe
upgrade upgraded upgrades upload upper upstream upstreams uration ure uri url urls urt urx usage use used user
username users uses ustar ustat usual utc utf uvicorn uwsgi valid validate validating validation validators value
values var variable variables variant varnish vars vault verb verbatim verdict verification verified verifies verify
version versions vertical vhost via violate violates virtual virtualnetwork visit vite vmagent vnd void volume volumes
votes vpcresources vxlan waf wafv wait waiting waitqueuetimeout waits wake wanted wants warming warn warning was watch
way weave web webapprouting webhook webkit websecure webserver website websocket websockets wed weight well went were
west wget what whatever when where whether which while whitelist who whole whom whose why wildcard will window windows
winner wire wireguard with within without word words work worker workers workload world worst would write writev
written wrn wrong wrongpass wscat wss www xml yaml year yes yet you your yourself zalando zap zero zip zipkin zipped
zlib zone zones zstd
xds cds eds lds rds sds
`;

export const VOCABULARY: ReadonlySet<string> = new Set(WORDS.split(/\s+/).filter((word) => word !== ''));
