// Included by the worker in place of a hash table library that Debian 12 does not have. The worker uses nothing of it
// that the standard containers lack; they are a little slower, in tables of a few entries per stream.
#pragma once

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <unordered_set>

namespace ankerl::unordered_dense
{
	// Combined by the worker into hashes of addresses and ports, for which it wants 64 bits.
	template<typename Key>
	struct hash
	{
		uint64_t operator()(const Key& key) const noexcept
		{
			return static_cast<uint64_t>(std::hash<Key>{}(key));
		}
	};

	template<typename Key, typename Value, typename Hash = hash<Key>, typename Equal = std::equal_to<Key>>
	using map = std::unordered_map<Key, Value, Hash, Equal>;

	template<typename Key, typename Hash = hash<Key>, typename Equal = std::equal_to<Key>>
	using set = std::unordered_set<Key, Hash, Equal>;
} // namespace ankerl::unordered_dense
