-- What the controller's Lua asks for and Debian does not package. None of it decides where a request goes: the choice
-- between a backend and its canary is the controller's own balancer.lua, which runs as it is.
local function stand_in(name, module)
  package.preload[name] = function() return module end
end

-- The first endpoint stands for all of them: the test compares the backend, not its members.
local first = {}
first.__index = first
function first.new(self, nodes)
  return setmetatable({ nodes = nodes }, self)
end
function first.reinit(self, nodes)
  self.nodes = nodes
end
function first.find(self)
  return (next(self.nodes))
end

for _, name in ipairs({ "resty.roundrobin", "resty.chash" }) do stand_in(name, first) end
stand_in("resty.lock", { new = function() return { lock = function() return 0 end, unlock = function() end } end })
for _, name in ipairs({ "resty.http", "resty.cookie", "resty.ipmatcher" }) do stand_in(name, {}) end
stand_in("resty.dns.resolver", {})
stand_in("resty.global_throttle", {})
-- The names of ExternalName Services resolve to an address that is never called.
stand_in("util.dns", { lookup = function() return { "192.0.2.1" } end })

-- Every endpoint is the echo server; what NGINX serves itself (the default backend's 404) stays where it is.
local balancer = require("ngx.balancer")
local set_current_peer = balancer.set_current_peer
balancer.set_current_peer = function(peer, ...)
  if not peer:match("^127%.") then peer = "127.0.0.1:" .. ECHO_PORT end
  return set_current_peer(peer, ...)
end
